import { api, call, page, unwrap } from "../../api/client";
import type { Body, Result } from "../../api/types";

export type DeviceList = Result<"devicesList">;
export type Device = DeviceList["results"][number];
export type State = Device["state"];
export type Command = Result<"deviceCommandRead">;
export type NewDevice = Body<"deviceRegister">;
export type NewCommand = Body<"deviceCommandSend">;

const PATH = "/api/v1/devices";
const PAGE_SIZE = 200;
const HISTORY = 50;
const one = (id: string) => ({ params: { path: { id } } });

export const readDevices = (
  filter: { state: State | null; text: string },
  next: string | undefined,
  signal: AbortSignal,
) =>
  page(
    PATH,
    { limit: PAGE_SIZE, ...(filter.state && { state: filter.state }), ...(filter.text && { q: filter.text }) },
    next,
    signal,
  ) as Promise<DeviceList>;

export const readDevice = (id: string, signal: AbortSignal): Promise<Device> =>
  unwrap(api.GET("/api/v1/devices/{id}", { ...one(id), signal }));

export const readAsset = (id: string, signal: AbortSignal) =>
  unwrap(api.GET("/api/v1/assets/{id}", { ...one(id), signal }));

export const addDevice = (body: NewDevice) => call<Device>("POST", PATH, { body });
export const removeDevice = (id: string) => call<undefined>("DELETE", `${PATH}/${id}`);

export const readCommands = async (id: string, signal: AbortSignal): Promise<Command[]> =>
  (
    await unwrap(
      api.GET("/api/v1/devices/{id}/commands", { params: { path: { id }, query: { limit: HISTORY } }, signal }),
    )
  ).results;

export const sendCommand = (id: string, body: NewCommand) => call<Command>("POST", `${PATH}/${id}/commands`, { body });
export const cancelCommand = (id: string) => call<Command>("POST", `/api/v1/commands/${id}/cancel`);

/** A token with which the device, and only it, sends and fetches its commands. */
export const makeDeviceToken = (device: Device, tenant: string) =>
  call<{ token: string }>("POST", "/api/v1/tokens", {
    body: { name: device.name, tenant, scopes: ["ingest"], device: device.id },
  });
