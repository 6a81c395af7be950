package temporal

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"go.temporal.io/server/common/config"
	sqliteschema "go.temporal.io/server/schema/sqlite"
)

// createNamespace writes the namespace into the file when it is not there yet. Asked for through the server's interface
// it would become usable only seconds later.
func createNamespace(c *config.Config, o Options) error {
	ns, err := sqliteschema.NewNamespaceConfig(clusterName, o.Namespace, false, nil)
	if err != nil {
		return fmt.Errorf("describe namespace %s: %w", o.Namespace, err)
	}
	ns.Detail.Config.Retention = durationpb.New(o.Retention)
	if err := sqliteschema.CreateNamespaces(c.Persistence.DataStores[storeName].SQL, ns); err != nil {
		return fmt.Errorf("create namespace %s: %w", o.Namespace, err)
	}
	return nil
}

// awaitNamespace waits until the server answers for its namespace, and gives it the retention that is asked for.
func awaitNamespace(ctx context.Context, addr string, o Options) (err error) {
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	service := workflowservice.NewWorkflowServiceClient(conn)
	have, err := service.DescribeNamespace(ctx,
		&workflowservice.DescribeNamespaceRequest{Namespace: o.Namespace}, grpc.WaitForReady(true))
	if err != nil {
		return fmt.Errorf("look up namespace %s: %w", o.Namespace, err)
	}
	if have.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == o.Retention {
		return nil
	}
	_, err = service.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: o.Namespace,
		Config:    &namespace.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(o.Retention)},
	})
	if err != nil {
		return fmt.Errorf("change the retention of namespace %s to %s: %w", o.Namespace, o.Retention, err)
	}
	return nil
}
