import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { tenantOfPath } from "../api/client";
import { announcedEvents, concerns, join } from "./announcedEvents";
import type { AnnouncedEvents } from "./announcedEvents";
import { liveStream } from "./liveStream";
import type { Change } from "./liveStream";
import { OF_MOMENT } from "./useStream";

const TOGETHER_MS = 250;
/** Events may arrive all the time, and a list of them takes the server longer. */
const EVENTS_TOGETHER_MS = 1500;

/** What people keep and share, by its kind in announcements: the second part of its queries' keys. */
const WORKSPACE = {
  annotations: "annotations",
  "saved-views": "saved views",
  dashboards: "dashboards",
  cases: "cases",
  "maintenance-plans": "maintenance plans",
  campaigns: "campaigns",
};

/** Has what is announced read again, once for several announcements. */
export function useStreamEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const due = new Map<string, unknown[]>();
    const read = (key: unknown[]) => {
      due.set(JSON.stringify(key), key);
      timer ??= setTimeout(() => {
        timer = undefined;
        const keys = [...due.values()];
        due.clear();
        for (const queryKey of keys) void client.invalidateQueries({ queryKey });
      }, TOGETHER_MS);
    };
    let eventsTimer: ReturnType<typeof setTimeout> | undefined;
    let stored: AnnouncedEvents | undefined;
    const readEvents = () => {
      const [tenant, announced] = [tenantOfPath(), stored!];
      [eventsTimer, stored] = [undefined, undefined];
      const isConcerned = ([of, what, query]: readonly unknown[]) =>
        of === tenant && what === "events" && concerns(announced, query as Record<string, string>);
      void client.invalidateQueries({ predicate: ({ queryKey }) => isConcerned(queryKey) });
      const known = new Set(client.getQueryData<string[]>([tenant, "event types"]));
      const isNew = announced.events.some(({ type }) => !known.has(type));
      read(isNew ? [tenant, "event types"] : [tenant, "event types", "list"]);
    };
    const change = (changed: Change) => {
      const { topic, kind, id, schematic, what } = changed;
      const events = announcedEvents(changed);
      if (events) {
        stored = join(stored, events);
        eventsTimer ??= setTimeout(readEvents, EVENTS_TOGETHER_MS);
      }
      if (topic === "alarms") {
        read([tenantOfPath(), "journal"]);
        read([tenantOfPath(), "alarms", ...(what === "journal" ? ["span"] : [])]);
      }
      if (topic === "jobs" && kind) read([tenantOfPath(), kind]);
      if (topic === "devices") (id ? ["list", id] : []).forEach((part) => read([tenantOfPath(), "devices", part]));
      if (topic === "devices" && !id) read([tenantOfPath(), "devices"]);
      if (topic === "sources") ["flow", "sources"].forEach((part) => read([tenantOfPath(), part]));
      if (topic === "schematics") {
        if (schematic) read([tenantOfPath(), "drafts", schematic]);
        if (what === "bookmark") read([tenantOfPath(), "bookmarks"]);
        else if (what !== "draft") read([tenantOfPath(), "schematics"]);
      }
      if (topic === "workspace" && kind && Object.hasOwn(WORKSPACE, kind)) {
        read([tenantOfPath(), WORKSPACE[kind as keyof typeof WORKSPACE]]);
      }
      if (topic === "tenants") ["tenants", "rollouts", "releases", "backups"].forEach((key) => read([key]));
    };
    const reload = () => {
      const tenant = tenantOfPath();
      void client.invalidateQueries({
        predicate: ({ queryKey: [of, what] }) => of === tenant && OF_MOMENT.has(String(what)),
      });
      const kinds = [
        "alarms",
        "journal",
        "imports",
        "corrections",
        "jobs",
        "devices",
        "events",
        "flow",
        "sources",
        "schematics",
        "drafts",
        "bookmarks",
        ...Object.values(WORKSPACE),
      ];
      kinds.forEach((kind) => read([tenant, kind]));
      if (!tenant) change({ topic: "tenants" });
    };
    const end = liveStream.listen({ change, reload });
    return () => {
      clearTimeout(timer);
      clearTimeout(eventsTimer);
      end();
    };
  }, [client]);
}
