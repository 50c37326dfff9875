package stand_in;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** Makes ai_query a function of Spark's own, for a view may not use a session's; and plans how tables are read. */
public final class Extensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
    @Override
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        ExpressionInfo info = new ExpressionInfo(AiQuery.class.getName(), AiQuery.NAME);
        FunctionRegistry.builtin().registerFunction(new FunctionIdentifier(AiQuery.NAME), info, AiQuery::call);
        extensions.injectPlannerStrategy(new AbstractFunction1<>() {
            @Override
            public SparkStrategy apply(SparkSession session) {
                return new OnePartition();
            }
        });
        return BoxedUnit.UNIT;
    }
}
