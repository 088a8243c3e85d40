import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, Redirect } from "wouter";
import { Problem } from "../../api/problem";
import { useSiteCatalog } from "../../catalog";
import { View } from "../../frame";
import { hrefWith } from "../../moment";
import { useTenant } from "../../tenant";
import { Empty, Failed, Loading } from "../../ui/states";
import { useOwnSymbols } from "../gallery/data";
import { draftKey, readForEditing } from "./api";
import { texts } from "./texts";
import { Workbench } from "./Workbench";

/** The editor of one schematic: my draft of it, or its newest version to start one from. */
export default function EditorPage({ params: { schematic: id } }: { params: { schematic: string } }) {
  const tenant = useTenant();
  const client = useQueryClient();
  const opened = useQuery({
    queryKey: draftKey(id),
    queryFn: ({ signal }) => readForEditing(id, signal),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnReconnect: false,
    enabled: tenant !== undefined && tenant.role !== "viewer",
  });
  const { catalog, error, refetch } = useSiteCatalog((opened.data?.draft ?? opened.data?.newest)?.site);
  const own = useOwnSymbols(); // symbols are known by name from then on
  if (tenant?.role === "viewer") return <Redirect to={hrefWith(`/t/${tenant.slug}/plant/${id}`)} replace />;
  if (isMissing(opened.error)) return <Instead of={<Missing list={hrefWith(`/t/${tenant!.slug}/plant`)} />} />;
  if (opened.error) return <Instead of={<Failed error={opened.error} retry={() => void opened.refetch()} />} />;
  if (error) return <Instead of={<Failed error={error} retry={() => void refetch()} />} />;
  if (!opened.data || !catalog || !own.isFetched) return <Instead of={<Loading />} />;
  const reload = () => void client.resetQueries({ queryKey: draftKey(id) });
  return <Workbench key={opened.dataUpdatedAt} id={id} opened={opened.data} catalog={catalog} reload={reload} />;
}

const isMissing = (error: unknown) => error instanceof Problem && error.status === 404;

const Missing = ({ list }: { list: string }) => (
  <Empty title={texts.missing.title} action={<Link href={list}>{texts.missing.list}</Link>}>
    {texts.missing.body}
  </Empty>
);

const Instead = ({ of }: { of: ReactNode }) => <View title={texts.editor}>{of}</View>;
