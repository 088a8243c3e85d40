/** Every text of this folder, by the file that shows it. */
export const texts = {
  // Form.tsx
  dedicatedInfluxdbMachine: "A dedicated InfluxDB on this machine.",
  dedicatedNamespaceClusterInstalled: "A dedicated namespace in a cluster, installed with Helm.",
  fileGitRepositoryApplied: "A file in the Git repository, applied by Flux.",
  tenant: "Tenant",
  name: "Name",
  harbourTower: "Harbour Tower",
  slug: "Slug",
  usedUrlsCannotChanged: "Used in URLs. Cannot be changed later.",
  driver: "Driver",
  cluster: "Cluster",
  size: "Size",
  canChangedLaterDisk: "Can be changed later; a disk cannot shrink.",
  limits: "Limits",
  disk: "Disk",
  keptDiskRestoresData: "A kept disk restores its data and documents.",
  create: "Create",
  cancel: "Cancel",
  manifestPreview: "Manifest preview",
  enterNamePreviewManifests: "Enter a name to preview the manifests.",
  idAssignedCreationSecrets: "The ID is assigned on creation; secrets are not shown.",
  // FirstData.tsx
  firstData: "First data",
  waitingFirstSampleChecked: "Waiting for the first sample. Checked every two seconds.",
  oneBeenAcceptedBeing: " One has been accepted and is being stored.",
  firstDataReceived: "First data received",
  latest: ", latest",
  existingDiskWasAdopted:
    "An existing disk was adopted, so its data is already available. Waiting for the first new sample.",
  sampleNamesSiteSensor:
    "A sample names its site and sensor. Both must exist in the tenant's catalog; an administrator adds them under Data.",
  tokenBelowCanOnly: "The token below can only send samples.",
  administratorAlsoCreatesToken:
    "The administrator also creates a token with the scope “Send samples” under Account, API tokens; replace TOKEN with it.",
  site: "Site",
  sensor: "Sensor",
  tokenCreatedCopyNow: "Token created; copy it now",
  createToken: "Create token",
  // Progress.tsx
  on: (cluster: string) => ` on ${cluster}`,
  release: (release: string) => `release ${release}`,
  noRelease: "no release",
  tenantDetails: "tenant details",
  manifests: "Manifests",
  retry: "Retry",
  changeRetry: "Change and retry…",
  deleteLabel: "Delete…",
  // index.tsx
  newTenant: "New tenant",
  allTenants: "All tenants",
  keptSince: (name: string, since: string) => `${name}, kept since ${since}`,
};
