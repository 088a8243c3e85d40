import { useQuery } from "@tanstack/react-query";
import { tenantOfPath } from "../api/client";
import type { Readiness } from "../api/types";
import { usePathname } from "../tenant/location";
import styles from "./frame.module.css";

/** /readyz answers 503 with the same body when a part is down, so it is read without the client's error path. */
async function readiness(tenant: string | undefined, signal: AbortSignal): Promise<Readiness | null> {
  const headers = { Accept: "application/json", ...(tenant && { "X-Plantrace-Tenant": tenant }) };
  try {
    const response = await fetch("/readyz", { signal, headers });
    return (await response.json()) as Readiness;
  } catch {
    return null;
  }
}

/** Inside a tenant: of the parts it uses. */
export function useReadiness() {
  const tenant = tenantOfPath(usePathname());
  const query = useQuery({
    queryKey: ["readyz", tenant],
    queryFn: ({ signal }) => readiness(tenant, signal),
    refetchInterval: 5000,
    staleTime: 4000,
    retry: false,
  });
  const down = query.data?.parts?.filter((part) => part.state === "down") ?? [];
  return { reached: query.data !== null, down, known: query.data !== undefined };
}

/** What people notice while a part is down. */
const EFFECT: Record<string, string> = {
  database: "nobody can sign in and nothing can be changed",
  redis: "new samples are refused, so devices keep and send them again",
  documents: "catalog and drawings cannot be changed",
  scheduler: "regular work waits",
  worker: "imports and new tenants wait",
  "ingest writer": "new samples are kept, and shown once it is back",
  "tenant database": "samples cannot be read, and new ones are kept and shown once it is back",
  "tenant databases": "samples of some tenants cannot be read",
};

/** Which part of the platform is down, and what that means meanwhile. Nothing when all is well. */
export function HealthBanner() {
  const { reached, down } = useReadiness();
  if (reached && down.length === 0) return null;
  const effects = [...new Set(down.map((part) => EFFECT[part.name]).filter(Boolean))];
  const names = down.map((part) => part.name);
  return (
    <div className={styles.banner} role="alert" data-testid="health">
      <strong>
        {reached
          ? `${names.join(", ")} ${names.length > 1 || names[0]!.endsWith("s") ? "are" : "is"} down`
          : "The server does not answer"}
      </strong>
      <span>
        {reached
          ? `Meanwhile ${effects.join("; ") || "something may not work"}. It is being started again; this page goes on by itself.`
          : "What you see is from before. Asking again every 5 s."}
      </span>
    </div>
  );
}
