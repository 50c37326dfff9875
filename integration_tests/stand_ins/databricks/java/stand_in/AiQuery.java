package stand_in;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedArgumentExpression;
import org.apache.spark.sql.catalyst.plans.logical.FunctionSignature;
import org.apache.spark.sql.catalyst.plans.logical.InputParameter;
import org.apache.spark.sql.catalyst.plans.logical.NamedParametersSupport;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Checks a call when it is analysed, and puts the session's Python function in its place. */
final class AiQuery {
    static final String NAME = "ai_query";
    private static final String STRUCT_FUNCTION = "_stand_in_ai_query";
    private static final String TEXT_FUNCTION = "_stand_in_ai_query_or_fail";
    private static final String VECTOR_FUNCTION = "_stand_in_ai_query_vectors";
    /** What an endpoint is for is told by the end of its name, as there are no endpoints to ask. */
    private static final String FOR_VECTORS = "-embedding";
    private static final Expression NOTHING = Literal.create(null, DataTypes.StringType);
    private static final FunctionSignature SIGNATURE = new FunctionSignature(
        CollectionConverters.asScala(
            List.of(
                new InputParameter("endpoint", Option.empty()),
                new InputParameter("request", Option.empty()),
                new InputParameter("returnType", Option.apply(NOTHING)),
                new InputParameter("failOnError", Option.apply(Literal.create(true, DataTypes.BooleanType))),
                new InputParameter("modelParameters", Option.apply(NOTHING)),
                new InputParameter("responseFormat", Option.apply(NOTHING)),
                new InputParameter("files", Option.apply(NOTHING))
            )
        ).toSeq()
    );
    private static final int MOST_POSITIONAL = 4;

    private AiQuery() {}

    static Expression call(Seq<Expression> given) {
        // Spark's own check of names: unknown, twice, missing, and an argument by position behind one by name.
        List<Expression> arguments = CollectionConverters.asJava(
            NamedParametersSupport.defaultRearrange(SIGNATURE, given, NAME, (one, other) -> one.equalsIgnoreCase(other))
        );
        long positional = CollectionConverters.asJava(given).stream().filter(a -> !(a instanceof NamedArgumentExpression)).count();
        if (positional > MOST_POSITIONAL) refuseType(arguments.get(MOST_POSITIONAL), "fifth", "a named argument");
        Expression endpoint = arguments.get(0);
        Expression request = arguments.get(1);
        Expression failOnError = arguments.get(3);
        Expression parameters = arguments.get(4);
        Expression format = arguments.get(5);
        requireLiteral(endpoint, "endpoint", DataTypes.StringType);
        requireType(request, "request", DataTypes.StringType);
        requireLiteral(failOnError, "failOnError", DataTypes.BooleanType);
        if (parameters != NOTHING) {
            if (!(parameters.dataType() instanceof StructType)) refuseType(parameters, "modelParameters", "STRUCT");
            if (!parameters.foldable()) refuseVariable(parameters, "modelParameters", "STRUCT");
        }
        if (format != NOTHING) {
            requireType(format, "responseFormat", DataTypes.StringType);
            if (!format.foldable()) refuseVariable(format, "responseFormat", "STRING");
        }
        if (arguments.get(2) != NOTHING || arguments.get(6) != NOTHING) {
            throw new UnsupportedOperationException("the stand-in knows neither returnType nor files of ai_query");
        }
        boolean fails = (Boolean) ((Literal) failOnError).value();
        boolean isForVectors = ((Literal) endpoint).value().toString().endsWith(FOR_VECTORS);
        if (isForVectors && (fails || format != NOTHING)) {
            throw new UnsupportedOperationException("the stand-in knows vectors with failOnError => false and no responseFormat only");
        }
        String function = isForVectors ? VECTOR_FUNCTION : fails ? TEXT_FUNCTION : STRUCT_FUNCTION;
        Seq<Expression> passed = CollectionConverters.asScala(List.of(endpoint, request, parameters, format)).toSeq();
        try {
            return SparkSession.active().sessionState().functionRegistry().lookupFunction(new FunctionIdentifier(function), passed);
        } catch (AnalysisException failure) {
            throw AiQuery.<RuntimeException>unchecked(failure);
        }
    }

    private static void requireLiteral(Expression argument, String name, DataType type) {
        requireType(argument, name, type);
        if (!(argument instanceof Literal literal) || literal.value() == null) refuseVariable(argument, name, type.sql() + " literal");
    }

    private static void requireType(Expression argument, String name, DataType type) {
        if (!argument.dataType().equals(type)) refuseType(argument, name, type.sql());
    }

    private static void refuseType(Expression argument, String name, String type) {
        refuse("UNEXPECTED_INPUT_TYPE", Map.of(
            "paramIndex", name, "requiredType", type, "inputSql", argument.sql(), "inputType", argument.dataType().sql()
        ));
    }

    private static void refuseVariable(Expression argument, String name, String type) {
        refuse("NON_FOLDABLE_INPUT", Map.of("inputName", name, "inputType", type, "inputExpr", argument.sql()));
    }

    private static void refuse(String condition, Map<String, String> details) {
        Map<String, String> all = new HashMap<>(details);
        all.put("sqlExpr", NAME);
        var parameters = scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(all));
        throw AiQuery.<RuntimeException>unchecked(new AnalysisException("DATATYPE_MISMATCH." + condition, parameters));
    }

    /** AnalysisException is checked, and Spark's interface for a function's builder declares nothing. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }
}
