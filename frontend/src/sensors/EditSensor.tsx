import { Button } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";
import { Suspense, useState } from "react";
import type { Sensor } from "../api/types";
import { useTenant } from "../tenant";
import ui from "../ui/ui.module.css";
import { texts } from "./texts";
import { lazy } from "../ui/lazy";

const SensorForm = lazy(() => import("./SensorForm"));

interface Props {
  sensor: Sensor;
  /** A button, which names the sensor, rather than a link. */
  button?: boolean;
  className?: string;
  /** The text of the link; "Edit" by default. */
  children?: ReactNode;
  /** What viewers see, who cannot edit. */
  readOnly?: ReactNode;
}

/** Opens the form of a sensor. */
export function EditSensor({ sensor, button, className = ui.link, children = texts.edit, readOnly = null }: Props) {
  const tenant = useTenant();
  const [open, setOpen] = useState(false);
  if (!tenant || tenant.role === "viewer") return readOnly;
  const label = texts.editSensor(sensor.tag);
  const props = {
    "aria-label": label,
    title: label,
    onClick: (event: MouseEvent) => {
      event.stopPropagation();
      setOpen(true);
    },
  };
  return (
    <>
      {button ? (
        <Button variant="default" {...props}>
          {label}
        </Button>
      ) : (
        <button type="button" className={className} {...props}>
          {children}
        </button>
      )}
      {open && (
        <Suspense fallback={null}>
          <SensorForm id={sensor.id} tag={sensor.tag} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
