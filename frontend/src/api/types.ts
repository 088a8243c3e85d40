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

export type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "application/json": infer Sent } };
}
  ? Sent
  : never;

/** What a GET returns. */
export type Answer<Name extends keyof operations> = Json<operations[Name], 200>;

export type Values = Answer<"values">;
export type AsOf = Values["values"][number];
export type SeriesView = Answer<"samples_query">["results"][number];
export type Statistics = Answer<"statistics">;
export type LadderStatus = Answer<"ladder">;
export type Retention = Answer<"retention_read">;
export type TenantPage = Answer<"tenants_list">;
export type Tenant = TenantPage["results"][number];
export type NewTenant = Body<"tenants_create">;
export type TenantChanges = Body<"tenant_change">;
export type Manifest = Answer<"tenant_manifest">["manifests"][number];
export type BackupPage = Answer<"tenant_backups_list">;
export type Backup = BackupPage["results"][number];
export type Release = Answer<"releases_list">["results"][number];
export type Cluster = Answer<"clusters_list">["results"][number];
export type NewRelease = Body<"releases_create">;
export type Rollout = Answer<"rollouts_list">["results"][number];
export type RolloutMember = Answer<"rollout_members">["results"][number];
export type RolloutEvent = Answer<"rollout_events">["results"][number];
export type Readiness = Answer<"readyz">;
export type SchematicInfo = Answer<"schematics_list">["results"][number];
