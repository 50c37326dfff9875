"""A filter in front of a task: a linear score over embeddings, and a threshold whose recall is proven, or none at all."""

from .tolerance import order_of_threshold, positives_needed, proven_recall
from .training import Demand, Filter, Rows, train

__all__ = ["Demand", "Filter", "Rows", "order_of_threshold", "positives_needed", "proven_recall", "train"]
