/** Whether this driver places tenants in a cluster, each with a size of its own. A driver that does not is named here. */
export const onCluster = (driver: string): boolean => driver !== "local";
