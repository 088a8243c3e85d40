import type { components, operations } from "./schema";

/** Names for the shapes of the OpenAPI schema that many pages work with. Times are epoch milliseconds. */
type Schemas = components["schemas"];

export type Me = Schemas["MeResponse"];
export type Membership = Schemas["MembershipResponse"];
export type Role = Membership["role"];
export type Site = Schemas["Site"];
export type Area = Schemas["Area"];
export type Asset = Schemas["Asset"];
export type Sensor = Schemas["Sensor"];
export type Event = Schemas["Event"];
export type Calculated = Schemas["CalculatedInfo"];
export type Kind = Sensor["kind"];
export type Connection = Schemas["Connection"];
export type Member = Schemas["MemberResponse"];
export type Invitation = Schemas["InvitationResponse"];
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
export type Result<Name extends keyof operations> = Json<operations[Name], 200>;

export type Values = Result<"values">;
export type AsOf = Values["values"][number];
export type SeriesView = Result<"samples_query">["results"][number];
export type Statistics = Result<"statistics">;
export type LadderStatus = Result<"ladder">;
export type Flow = Result<"flow">;
export type SeriesGrowth = Result<"series">;
export type DeadLetter = Result<"deadLetterRead">;
export type Retention = Result<"retention_read">;
export type TenantPage = Result<"tenants_list">;
export type Tenant = TenantPage["results"][number];
export type NewTenant = Body<"tenants_create">;
export type TenantChanges = Body<"tenant_change">;
export type Manifest = Result<"tenant_manifest">["manifests"][number];
export type BackupPage = Result<"tenant_backups_list">;
export type Backup = BackupPage["results"][number];
export type Release = Result<"releases_list">["results"][number];
export type Cluster = Result<"clusters_list">["results"][number];
export type NewRelease = Body<"releases_create">;
export type Rollout = Result<"rollouts_list">["results"][number];
export type RolloutMember = Result<"rollout_members">["results"][number];
export type RolloutEvent = Result<"rollout_events">["results"][number];
export type Readiness = Result<"readyz">;
export type Annotation = Result<"annotationRead">;
export type AnnotationContent = Body<"annotationCreate">;
export type SavedView = Result<"savedViewRead">;
export type ViewContent = Body<"savedViewCreate">;
export type Dashboard = Result<"dashboardRead">;
export type DashboardInfo = Result<"dashboardsList">["results"][number];
export type DashboardContent = Body<"dashboardCreate">;
export type Tile = Dashboard["tiles"][number];
export type SchematicInfo = Result<"schematics_list">["results"][number];
