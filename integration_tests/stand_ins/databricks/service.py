"""The calls of the connector: sessions and statements."""

import re
import sys
import traceback
import uuid

from databricks.sql.thrift_api.TCLIService import ttypes

from . import statements
from .results import ok

# The first protocol in which sessions have a catalog.
_PROTOCOL = ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V8


class Service:
    """Answers each call of the thrift service that dbt's connector makes; the names are the protocol's."""

    def __init__(self, spark, prepare):
        self._spark = spark
        self._prepare = prepare
        self._sessions = {}

    def new_session(self):
        """A session of its own, with the functions that it needs."""
        session = self._spark.newSession()
        self._prepare(session)
        return session

    def OpenSession(self, request):  # noqa: N802
        session = self.new_session()
        namespace = request.initialNamespace
        if namespace and namespace.schemaName and session.catalog.databaseExists(namespace.schemaName):
            session.catalog.setCurrentDatabase(namespace.schemaName)
        identifier = uuid.uuid4().bytes
        self._sessions[identifier] = session
        return ttypes.TOpenSessionResp(
            ok(),
            _PROTOCOL,
            ttypes.TSessionHandle(ttypes.THandleIdentifier(identifier, uuid.uuid4().bytes), _PROTOCOL),
            configuration=request.configuration or {},
            initialNamespace=namespace,
            canUseMultipleCatalogs=True,
        )

    def CloseSession(self, request):  # noqa: N802
        self._sessions.pop(request.sessionHandle.sessionId.guid, None)
        return ttypes.TCloseSessionResp(ok())

    def GetInfo(self, request):  # noqa: N802, ARG002
        return ttypes.TGetInfoResp(ok(), ttypes.TGetInfoValue(stringValue="Spark SQL"))

    def ExecuteStatement(self, request):  # noqa: N802
        session = self._sessions[request.sessionHandle.sessionId.guid]
        try:
            result = statements.run(session, request.statement, _arguments(request.parameters))
        except Exception as failure:
            # Whatever it was, the client gets it as the statement's error.
            return _failed(failure)
        # All at once and closed, so that nothing is kept and nothing is left to ask for.
        everything = ttypes.TSparkDirectResults(
            operationStatus=_state("FINISHED"),
            resultSetMetadata=result.metadata(),
            resultSet=result.rows(),
            closeOperation=ttypes.TCloseOperationResp(ok()),
        )
        return ttypes.TExecuteStatementResp(ok(), _handle(), directResults=everything)

    def CloseOperation(self, request):  # noqa: N802, ARG002
        return ttypes.TCloseOperationResp(ok())

    def CancelOperation(self, request):  # noqa: N802, ARG002
        return ttypes.TCancelOperationResp(ok())


def _state(name, **details):
    return ttypes.TGetOperationStatusResp(ok(), operationState=getattr(ttypes.TOperationState, f"{name}_STATE"), **details)


def _failed(failure):
    # Without the plan and the stack, which a warehouse does not send either.
    message = re.split(r"JVM stacktrace|\n\s+at |(?<=\d);\n", str(failure))[0].strip()
    print(message, file=sys.stderr, flush=True)
    details = "".join(traceback.format_exception(failure))
    state = _state("ERROR", errorMessage=message, displayMessage=message, diagnosticInfo=details)
    return ttypes.TExecuteStatementResp(ok(), _handle(), directResults=ttypes.TSparkDirectResults(operationStatus=state))


def _handle():
    identifier = ttypes.THandleIdentifier(uuid.uuid4().bytes, uuid.uuid4().bytes)
    return ttypes.TOperationHandle(identifier, ttypes.TOperationType.EXECUTE_STATEMENT, True)


def _arguments(parameters):
    if not parameters:
        return None
    if parameters[0].name is None:
        return [parameter.value.stringValue for parameter in parameters]
    return {parameter.name: parameter.value.stringValue for parameter in parameters}
