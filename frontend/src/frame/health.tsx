import { useQuery } from "@tanstack/react-query";
import type { Readiness } from "../api/types";
import styles from "./frame.module.css";

/** /readyz answers 503 with the same body when a part is down, so it is read without the client's error path. */
async function readiness(signal: AbortSignal): Promise<Readiness | null> {
  try {
    const response = await fetch("/readyz", { signal, headers: { Accept: "application/json" } });
    return (await response.json()) as Readiness;
  } catch {
    return null;
  }
}

export function useReadiness() {
  const query = useQuery({
    queryKey: ["readyz"],
    queryFn: ({ signal }) => readiness(signal),
    refetchInterval: 5000,
    staleTime: 4000,
    retry: false,
  });
  const down = query.data?.parts?.filter((part) => part.state === "down") ?? [];
  return { reached: query.data !== null, down, known: query.data !== undefined };
}

const EFFECT: Record<string, string> = {
  redis: "New samples and sign-ins wait",
  ferretdb: "The catalog and drawings cannot be changed",
  documents: "The catalog and drawings cannot be changed",
  database: "Nobody can sign in and nothing can be changed",
  worker: "Imports and new tenants wait",
  beat: "Regular work waits",
  writer: "Samples are kept, and shown once it is back",
};

/** Which part of the platform is down, and what that means meanwhile. Nothing when all is well. */
export function HealthBanner() {
  const { reached, down } = useReadiness();
  if (reached && down.length === 0) return null;
  const effects = [...new Set(down.map((part) => EFFECT[part.name]).filter(Boolean))];
  return (
    <div className={styles.banner} role="alert" data-testid="health">
      <strong>
        {reached
          ? `${down.map((part) => part.name).join(", ")} ${down.length > 1 ? "are" : "is"} down`
          : "The server does not answer"}
      </strong>
      <span>
        {reached
          ? `${effects.length ? `${effects.join("; ")}. ` : ""}It is being started again; this page carries on by itself.`
          : "What you see is from before. Asking again every 5 s."}
      </span>
    </div>
  );
}
