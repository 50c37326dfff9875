"""One small local Spark, which ends with this process."""

import os
import subprocess
import sys
from pathlib import Path

from pyspark import SparkContext
from pyspark.sql import SparkSession

from . import classes

# The name of Spark's own catalog stands for a catalog of Unity Catalog: views live nowhere else, and no statement is rewritten.
CATALOG = "spark_catalog"
_STOP_S = 15


def start(folder):
    """The first session; its tables are in memory and its files in the folder."""
    # Python workers import this package.
    root = Path(__file__).parents[3]
    # The companion, as a cluster has it installed, on its driver and on its workers.
    companion = str(root / "src")
    sys.path.append(companion)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(root), companion, os.environ.get("PYTHONPATH")]))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Spark would look its host's name up, which not every machine can.
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[2]")
    for key, value in _settings(folder).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _settings(folder):
    return {
        "spark.driver.memory": "1g",
        "spark.python.daemon.module": "integration_tests.stand_ins.databricks.worker_daemon",
        # A statement runs once, over a handful of rows: to compile it well takes longer than to run it as it is.
        "spark.driver.extraJavaOptions": f"-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir={folder}",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.extraClassPath": str(classes.folder()),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.log.level": "ERROR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.extensions": "stand_in.Extensions",
        f"spark.sql.catalog.{CATALOG}": "stand_in.LocalCatalog",
        "spark.sql.catalog.system": "stand_in.SystemCatalog",
        "spark.sql.sources.default": "delta",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        # Tables of one partition are joined as they are where they are small: none is shuffled and none is sent around.
        "spark.sql.defaultSizeInBytes": "1",
        "spark.sql.autoBroadcastJoinThreshold": "-1",
        # Prompts may have a megabyte each.
        "spark.sql.execution.arrow.maxRecordsPerBatch": "256",
    }


def stop(session):
    """End Spark, and its Java process for certain."""
    java = SparkContext._gateway.proc
    session.stop()
    java.stdin.close()
    try:
        java.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()
