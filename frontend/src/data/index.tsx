import { useParams } from "wouter";
import { Corrections } from "../corrections/Corrections";
import { NotFound } from "../ui/NotFound";
import { Assets, Sensors, Sites } from "./Catalog";
import { DataPage } from "./DataPage";
import type { Part } from "./DataPage";
import { Devices } from "./devices";
import { EventTypes } from "./events";
import { Flow } from "./flow";
import { Imports } from "./imports/Imports";
import { DeadLetters } from "./letters";
import { Live } from "./Live";
import { MappingPage } from "./mapping";
import { Storage } from "./storage";
import { Unmapped } from "./unmapped";

/** Parts without details beside them. */
const SIMPLE: Partial<Record<Part, React.ComponentType>> = {
  imports: Imports,
  corrections: Corrections,
  live: Live,
  sensors: Sensors,
  assets: Assets,
  sites: Sites,
  storage: Storage,
};

/** The data flow, imports, dead letters, live data, and the catalog. */
export default function Data() {
  const part = (useParams<{ part?: string }>().part ?? "") as Part;
  if (part === "") return <Flow />;
  if (part === "mapping") return <MappingPage />;
  if (part === "unmapped") return <Unmapped />;
  if (part === "events") return <EventTypes />;
  if (part === "devices") return <Devices />;
  if (part === "dead-letters") return <DeadLetters />;
  const Page = SIMPLE[part];
  if (!Page) return <NotFound />;
  return (
    <DataPage part={part}>
      <Page />
    </DataPage>
  );
}
