package stand_in;

import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.physical.SinglePartition$;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.RDDScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import org.apache.spark.sql.execution.datasources.v2.DataSourceRDD;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2ScanRelation;
import scala.Option;
import scala.collection.immutable.Map$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Plans a scan as the one partition that it is: Spark's own scan does not say so, and each join, window and sort would shuffle. */
final class OnePartition extends SparkStrategy {
    @Override
    public Seq<SparkPlan> apply(LogicalPlan plan) {
        if (!reads(plan)) return seq(List.of());
        if (plan instanceof Project project) return seq(List.of(new ProjectExec(project.projectList(), planLater(project.child()))));
        if (plan instanceof Filter filter) return seq(List.of(new FilterExec(filter.condition(), planLater(filter.child()))));
        return seq(List.of(scan((DataSourceV2ScanRelation) plan)));
    }

    private static boolean reads(LogicalPlan plan) {
        if (plan instanceof Project project) return reads(project.child());
        if (plan instanceof Filter filter) return reads(filter.child());
        return plan instanceof DataSourceV2ScanRelation relation && relation.scan() instanceof SnapshotScan;
    }

    @SuppressWarnings("unchecked")
    private static SparkPlan scan(DataSourceV2ScanRelation relation) {
        Batch batch = relation.scan().toBatch();
        Seq<InputPartition> partition = seq(List.of(batch.planInputPartitions()));
        RDD<InternalRow> rows = new DataSourceRDD(
            SparkSession.active().sparkContext(), seq(List.of(partition)), batch.createReaderFactory(), false, Map$.MODULE$.empty()
        );
        // An AttributeReference is an Attribute, which Java's generics do not see.
        Seq<Attribute> output = (Seq<Attribute>) (Seq<?>) relation.output();
        return new RDDScanExec(output, rows, "snapshot", SinglePartition$.MODULE$, seq(List.of()), Option.empty());
    }

    private static <T> Seq<T> seq(List<T> values) {
        return CollectionConverters.asScala(values).toSeq();
    }
}
