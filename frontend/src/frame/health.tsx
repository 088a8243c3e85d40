import { useQuery } from "@tanstack/react-query";
import { tenantOfPath } from "../api/client";
import type { Readiness } from "../api/types";
import { usePathname } from "../tenant/location";
import styles from "./frame.module.css";
import { texts } from "./texts";

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

/** How an outage of each part affects people. */
const EFFECT: Record<string, string> = {
  database: texts.databaseDown,
  redis: texts.redisDown,
  documents: texts.documentsDown,
  scheduler: texts.schedulerDown,
  worker: texts.workerDown,
  "ingest writer": texts.writerDown,
  "live stream": texts.streamDown,
  "tenant database": texts.tenantDatabaseDown,
  "tenant databases": texts.tenantDatabasesDown,
};

/** Which part of the platform is down, and what that means meanwhile. Nothing if all parts are up. */
export function HealthBanner() {
  const { reached, down } = useReadiness();
  if (reached && down.length === 0) return null;
  const effects = [...new Set(down.map((part) => EFFECT[part.name]).filter(Boolean))];
  const names = down.map((part) => part.name);
  return (
    <div className={styles.banner} role="alert" data-testid="health">
      <strong>{reached ? texts.down(names) : texts.serverNotReachable}</strong>
      <span>{reached ? texts.downEffects(effects.join("; ") || texts.unknownPartDown) : texts.staleValues}</span>
    </div>
  );
}
