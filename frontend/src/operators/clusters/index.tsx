import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { formatCount } from "../../format";
import { View } from "../../frame";
import { useMe } from "../../tenant";
import { DataTable } from "../../ui/DataTable";
import { Actions } from "../../ui/Actions";
import { Card } from "../../ui/Card";
import { Empty, Failed, Loading } from "../../ui/states";
import { SubmitForm } from "../../ui/SubmitForm";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { removeCluster, useClusters } from "../api";
import type { Cluster } from "../api";
import { OperatorsOnly, OperatorTabs } from "../Tabs";
import styles from "../operators.module.css";
import { SaveCluster } from "./SaveCluster";
import { texts } from "./texts";

/** Dedicated Kubernetes clusters for tenants, beside the control plane's. */
export default function Clusters() {
  const me = useMe().data;
  const clusters = useClusters();
  const [saving, setSaving] = useState<Cluster | "new" | null>(null);
  const [removing, setRemoving] = useState<Cluster | null>(null);
  if (me && !me.operator) return <OperatorsOnly />;
  const add = <Button onClick={() => setSaving("new")}>{texts.addCluster}</Button>;
  return (
    <View headed title={texts.clusters}>
      <div className={`${ui.page} ${styles.page}`}>
        <OperatorTabs />
        <div className={ui.pageHead}>
          <h1>{texts.clusters}</h1>
          {clusters.data && <span className={ui.quiet}>{formatCount(clusters.data.length)}</span>}
          <span className={ui.grow} />
          {add}
        </div>
        {clusters.isPending ? (
          <Loading />
        ) : clusters.isError ? (
          <Failed error={clusters.error} retry={() => void clusters.refetch()} />
        ) : clusters.data.length === 0 ? (
          <Empty title={texts.noAdditionalClusters} action={add}>
            {texts.noAdditionalClustersDetail}
          </Empty>
        ) : (
          <ClusterTable clusters={clusters.data} change={setSaving} remove={setRemoving} />
        )}
      </div>
      {saving && <SaveCluster known={saving === "new" ? null : saving} close={() => setSaving(null)} />}
      {removing && <RemoveCluster cluster={removing} close={() => setRemoving(null)} />}
    </View>
  );
}

interface TableProps {
  clusters: Cluster[];
  change: (cluster: Cluster) => void;
  remove: (cluster: Cluster) => void;
}

function ClusterTable({ clusters, change, remove }: TableProps) {
  return (
    <Card flush>
      <DataTable
        rows={clusters}
        keyOf={(each) => each.name}
        testId="clusters"
        columns={[
          {
            head: texts.cluster,
            className: styles.name,
            cell: (each) => (
              <>
                <b>{each.name}</b>
                {each.error && (
                  <div className={styles.error} role="alert">
                    <span className={`${ui.status} ${ui.bad}`}>
                      <span aria-hidden="true">■</span>
                      {texts.disabled}
                    </span>
                    <p>{each.error}</p>
                  </div>
                )}
              </>
            ),
          },
          { head: texts.kubernetesApi, className: styles.contents, cell: (each) => each.server || "–" },
          {
            head: texts.influxdbUrl,
            className: styles.contents,
            cell: (each) => each.influx_url || texts.serviceNames,
          },
          {
            head: texts.tenants,
            number: true,
            cell: (each) =>
              each.tenants ? <Link href={`/operators/tenants?q=${each.name}`}>{formatCount(each.tenants)}</Link> : 0,
          },
          { head: texts.added, className: styles.when, cell: (each) => <Ago ms={each.added} /> },
          {
            number: true,
            cell: (each) => (
              <div className={ui.actions} style={{ justifyContent: "flex-end", flexWrap: "nowrap" }}>
                {each.tenants === 0 && (
                  <Button variant="default" onClick={() => remove(each)}>
                    {texts.removeButton}
                  </Button>
                )}
                <Button variant="default" onClick={() => change(each)}>
                  {texts.change}
                </Button>
              </div>
            ),
          },
        ]}
      />
    </Card>
  );
}

function RemoveCluster({ cluster, close }: { cluster: Cluster; close: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeCluster(cluster.name),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      close();
    },
  });
  const submit = () => remove.mutate();
  return (
    <Modal opened onClose={close} title={texts.removeCluster(cluster.name)} size={440}>
      <SubmitForm onSubmit={submit} error={remove.error}>
        <p>{texts.removeWarning}</p>
        <Actions does={texts.remove} close={close} danger loading={remove.isPending} />
      </SubmitForm>
    </Modal>
  );
}
