import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Suspense, useState } from "react";
import { Link, Redirect, useLocation } from "wouter";
import { useSiteCatalog } from "../catalog";
import { View } from "../frame";
import { hrefWith, momentNow } from "../moment";
import type { Site } from "../api/types";
import { useSite, useTenant } from "../tenant";
import { Empty, Failed, Loading } from "../ui/states";
import { readEarly, useSchematics, useUnpublished } from "./data";
import { texts } from "./texts";
import { Viewer } from "./Viewer";
import { lazy } from "../ui/lazy";

const NewSchematic = lazy(() => import("./editor/NewSchematic"));

/** The plant's schematics, live or at any past moment: the one that the address names, otherwise the site's first. */
export default function SchematicPage() {
  const [path] = useLocation();
  const wanted = path.split("/")[4];
  const client = useQueryClient();
  useState(() => wanted && readEarly(client, wanted, momentNow()));
  const tenant = useTenant();
  const site = useSite();
  const list = useSchematics(site?.id);
  const { catalog, error, refetch } = useSiteCatalog(site?.id);
  if (list.error) return <PlantView of={<Failed error={list.error} retry={() => void list.refetch()} />} />;
  if (error) return <PlantView of={<Failed error={error} retry={() => void refetch()} />} />;
  if (!list.data || !catalog || !tenant) return <PlantView of={<Loading />} />;
  const schematic = list.data.find((each) => each.id === wanted);
  if (schematic) return <Viewer key={schematic.id} schematic={schematic} all={list.data} catalog={catalog} />;
  const first = list.data[0];
  // The id of another site's or a deleted schematic: the site's first is shown instead.
  if (first) return <Redirect to={`/t/${tenant.slug}/plant/${first.id}${location.search}`} replace />;
  return <PlantView of={<NoSchematic site={site} mayDraw={tenant.role !== "viewer"} />} />;
}

function NoSchematic({ site, mayDraw }: { site: Site | undefined; mayDraw: boolean }) {
  const [naming, setNaming] = useState(false);
  const tenant = useTenant();
  const drafts = useUnpublished(site?.id, mayDraw);
  return (
    <>
      <Empty
        title={texts.none.title(site?.name)}
        action={mayDraw && site && <Button onClick={() => setNaming(true)}>{texts.draw}</Button>}
      >
        {mayDraw ? texts.none.body : texts.none.viewer}
        {drafts.map(({ schematic, name }) => (
          <p key={schematic}>
            <Link href={hrefWith(`/t/${tenant!.slug}/plant/${schematic}/edit`)}>{texts.continueDraft(name)}</Link>
          </p>
        ))}
      </Empty>
      {naming && (
        <Suspense fallback={null}>
          <NewSchematic site={site!.slug} close={() => setNaming(false)} />
        </Suspense>
      )}
    </>
  );
}

const PlantView = ({ of }: { of: ReactNode }) => <View title={texts.title}>{of}</View>;
