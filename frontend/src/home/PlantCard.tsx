import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { Link } from "wouter";
import { page } from "../api/client";
import type { Site } from "../api/types";
import { hrefWith, useNavigateWith } from "../moment";
import { useTenant } from "../tenant";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { Card } from "../ui/Card";
import styles from "./home.module.css";
import { texts } from "./texts";
import { lazy } from "../ui/lazy";

const Thumb = lazy(() => import("../schematic/Thumb"));

/** The site's first drawing at the moment; a site without drawings has no such card. */
export function PlantCard({ site }: { site: Site }) {
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const list = useQuery({
    queryKey: [tenant?.slug, "schematics", "first", site.id],
    queryFn: ({ signal }) => page("/api/v1/schematics", { site: site.id, limit: 1 }, undefined, signal),
    staleTime: 60_000,
  });
  const first = list.data?.results[0];
  if (!first) return null;
  const path = `/t/${tenant?.slug}/plant/${first.id}`;
  return (
    <Card title={first.name} aside={<Link href={hrefWith(path)}>{texts.open}</Link>} flush>
      <div className={styles.thumb} onClick={() => navigate(path)}>
        <ErrorBoundary instead={null}>
          <Suspense>
            <Thumb site={site.id} schematic={first.id} />
          </Suspense>
        </ErrorBoundary>
      </div>
    </Card>
  );
}
