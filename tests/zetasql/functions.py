"""The signatures of BigQuery's AI functions for ZetaSQL, made from docs/functions.yml."""

from collections.abc import Callable, Mapping

from zetasql.types import (
    Function,
    FunctionArgumentType,
    FunctionArgumentTypeOptions,
    FunctionEnums,
    FunctionSignature,
    SignatureArgumentKind,
    TableValuedFunction,
    TVFRelation,
    TVFRelationColumn,
    Type,
)

from tests.signatures.catalogue import Form, Parameter

Kind = SignatureArgumentKind
Cardinality = FunctionEnums.ArgumentCardinality
NAMING = {
    "named": FunctionEnums.NamedArgumentKind.NAMED_ONLY,
    "either": FunctionEnums.NamedArgumentKind.POSITIONAL_OR_NAMED,
    "positional": FunctionEnums.NamedArgumentKind.POSITIONAL_ONLY,
}
TypeOf = Callable[[str], Type]
"""What reads a type as BigQuery writes it."""


def _argument(kind: SignatureArgumentKind, type_: Type | None = None, **options: object) -> FunctionArgumentType:
    # Without -1 for the number of occurrences ZetaSQL ends the whole process.
    made = FunctionArgumentType(num_occurrences=-1, kind=kind, options=FunctionArgumentTypeOptions(**options))
    if type_ is not None:
        made.type = type_
    return made


def _parameter(parameter: Parameter, type_of: TypeOf) -> FunctionArgumentType:
    [word] = parameter.types
    kind = Kind.ARG_TYPE_ARBITRARY if word in ("ANY", "ARRAY") else Kind.ARG_TYPE_FIXED
    return _argument(
        kind,
        None if kind == Kind.ARG_TYPE_ARBITRARY else type_of(word),
        cardinality=Cardinality.REQUIRED if parameter.required else Cardinality.OPTIONAL,
        argument_name=parameter.name,
        named_argument_kind=NAMING[parameter.how],
    )


def function(form: Form, type_of: TypeOf) -> Function:
    """A function of one value, or an aggregate."""
    signature = FunctionSignature(
        argument=[_parameter(parameter, type_of) for parameter in form.parameters],
        return_type=_argument(Kind.ARG_TYPE_FIXED, type_of(form.result)),
    )
    mode = FunctionEnums.Mode.AGGREGATE if form.shape == "aggregate" else FunctionEnums.Mode.SCALAR
    group, _, name = form.name.partition(".")
    return Function(name_path=[name], group=group, mode=mode, signature=[signature])


def table_function(form: Form, name: str, given: Mapping[str, Type], type_of: TypeOf) -> TableValuedFunction:
    """One of this name that passes the columns of this input through: its signature holds for one call only.

    ZetaSQL has a kind that forwards any input, but it wants the table as the first argument.
    """
    columns = {**given, **{name: type_of(word) for name, word in form.columns.items()}}
    relation = TVFRelation(
        column=[TVFRelationColumn(name=name, type=type_) for name, type_ in columns.items()], is_value_table=False
    )
    kinds = {"MODEL": Kind.ARG_TYPE_MODEL, "TABLE": Kind.ARG_TYPE_RELATION, "STRUCT": Kind.ARG_TYPE_ARBITRARY}
    return TableValuedFunction(
        name_path=[name.partition(".")[2]],
        type=FunctionEnums.TableValuedFunctionType.FIXED_OUTPUT_SCHEMA_TVF,
        signature=FunctionSignature(
            argument=[
                _argument(
                    kinds[parameter.types[0]],
                    cardinality=Cardinality.REQUIRED if parameter.required else Cardinality.OPTIONAL,
                )
                for parameter in form.parameters
            ],
            return_type=_argument(Kind.ARG_TYPE_RELATION, relation_input_schema=relation),
            context_id=0,
        ),
    )
