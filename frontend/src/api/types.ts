import type { components, operations } from "./schema";

/** Names for the shapes of the OpenAPI schema that many pages work with. Times are epoch milliseconds. */
type Schemas = components["schemas"];

export type Me = Schemas["MeAnswer"];
export type Membership = Schemas["MembershipAnswer"];
export type Role = Membership["role"];
export type Site = Schemas["Site"];
export type Area = Schemas["Area"];
export type Asset = Schemas["Asset"];
export type Sensor = Schemas["Sensor"];
export type Kind = Sensor["kind"];
export type Connection = Schemas["Connection"];
export type Member = Schemas["MemberAnswer"];
export type Invitation = Schemas["InvitationAnswer"];
export type Token = Schemas["TokenRow"];
export type AuditEntry = Schemas["AuditRow"];
export type ImportJob = Schemas["ImportJob"];
export type ImportReport = Schemas["ImportReport"];

type Json<Operation, Status extends number> = Operation extends {
  responses: Record<Status, { content: { "application/json": infer Body } }>;
}
  ? Body
  : never;

type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "application/json": infer Sent } };
}
  ? Sent
  : never;

export type Values = Json<operations["values"], 200>;
export type AsOf = Values["values"][number];
export type SeriesView = Json<operations["samples_query"], 200>["results"][number];
export type Statistics = Json<operations["statistics"], 200>;
export type LadderStatus = Json<operations["ladder"], 200>;
export type Retention = Json<operations["retention_read"], 200>;
export type TenantPage = Json<operations["tenants_list"], 200>;
export type Tenant = TenantPage["results"][number];
export type NewTenant = Body<"tenants_create">;
export type TenantChanges = Body<"tenant_change">;
export type Manifest = Json<operations["tenant_manifest"], 200>["manifests"][number];
export type BackupPage = Json<operations["tenant_backups_list"], 200>;
export type Backup = BackupPage["results"][number];
export type Release = Json<operations["releases_list"], 200>["results"][number];
export type Cluster = Json<operations["clusters_list"], 200>["results"][number];
export type NewRelease = Body<"releases_create">;
export type Rollout = Json<operations["rollouts_list"], 200>["results"][number];
export type RolloutMember = Json<operations["rollout_members"], 200>["results"][number];
export type RolloutEvent = Json<operations["rollout_events"], 200>["results"][number];
export type Readiness = Json<operations["readyz"], 200>;
export type SchematicInfo = Json<operations["schematics_list"], 200>["results"][number];
