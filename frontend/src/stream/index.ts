export { liveStream } from "./liveStream";
export type { Arrivals, LiveValue } from "./liveStream";
export { useAnnounced, useReconnecting, useStreamState, useStreamedVersion, useWant } from "./useStream";
export { useStreamEvents } from "./useStreamEvents";
