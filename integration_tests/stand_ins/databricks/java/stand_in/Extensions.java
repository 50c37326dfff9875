package stand_in;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** Makes ai_query a function of Spark's own: a view may not use a session's. */
public final class Extensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
    @Override
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        ExpressionInfo info = new ExpressionInfo(AiQuery.class.getName(), AiQuery.NAME);
        FunctionRegistry.builtin().registerFunction(new FunctionIdentifier(AiQuery.NAME), info, AiQuery::call);
        return BoxedUnit.UNIT;
    }
}
