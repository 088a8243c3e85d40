/** Every text of this folder, by the file that shows it. */
export const texts = {
  // SaveCluster.tsx
  changeCluster: (name: string) => `Change cluster ${name}`,
  addCluster: "Add cluster",
  name: "Name",
  nameHint: "Lower-case letters, digits and hyphens. Cannot be changed later.",
  namePlaceholder: "north",
  kubeconfigFromFile: "Kubeconfig from a file",
  selectFile: "Select file",
  kubeconfig: "Kubeconfig",
  kubeconfigHint: "Must be self-contained: kubectl config view --raw --flatten --minify",
  unchanged: "unchanged",
  kubeconfigPlaceholder: "apiVersion: v1\nkind: Config\n…",
  influxdbUrl: "InfluxDB URL",
  influxdbUrlHint:
    "Only if the cluster's service names do not resolve here. {namespace} is replaced by the tenant's namespace.",
  influxdbUrlPlaceholder: "https://{namespace}.north.example",
  save: "Save",
  add: "Add",
  // index.tsx
  clusters: "Clusters",
  noAdditionalClusters: "No additional clusters",
  noAdditionalClustersDetail:
    "All tenants share one cluster. Add a cluster with its kubeconfig to place new tenants in it.",
  cluster: "Cluster",
  kubernetesApi: "Kubernetes API",
  tenants: "Tenants",
  added: "Added",
  disabled: "Disabled",
  serviceNames: "service names",
  removeButton: "Remove…",
  change: "Change…",
  removeCluster: (name: string) => `Remove cluster ${name}`,
  removeWarning: "Its kubeconfig is deleted. The cluster itself is not changed; it has no tenants.",
  remove: "Remove",
};
