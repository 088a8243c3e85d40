import { useCallback, useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

const OPEN_MS = 300;
const CLOSE_MS = 250;
const GAP = 6;
/** The card's size, as far as it matters for where it fits. */
export const CARD = { width: 272, height: 190 };

export interface OpenCard {
  sensor: string;
  left: number;
  top: number;
  /** Opened by a click or a key, where nothing else shows the sensor: it stays until it is closed. */
  pinned: boolean;
}

/** Where a card fits beside `anchor` inside `room`: below it, else above. Both relative to the same origin. */
export function placeCard(anchor: Rect, room: { width: number; height: number }): { left: number; top: number } {
  const below = anchor.y + anchor.height + GAP;
  const fits = below + CARD.height <= room.height;
  const top = fits ? below : Math.max(GAP, anchor.y - GAP - CARD.height);
  return { left: Math.max(GAP, Math.min(anchor.x, room.width - CARD.width - GAP)), top };
}

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** In a dialog or menu above the drawing: its Escape is its own. */
const isInOtherLayer = (target: EventTarget | null, box: HTMLElement | null) => {
  const layer = target instanceof Element ? target.closest('[role="dialog"], [role="menu"]') : null;
  return layer !== null && !box?.contains(layer);
};

/** The card of the value or symbol that the pointer rests on or that was chosen: elements with `data-card`, a sensor's id. */
export function useCard(box: RefObject<HTMLDivElement | null>) {
  const [card, setCard] = useState<OpenCard | null>(null);
  const pinned = card?.pinned ?? false;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = (ms: number, action: () => void) => {
    clearTimeout(timer.current);
    if (!pinned) timer.current = setTimeout(action, ms);
  };
  const open = (element: HTMLElement, pins: boolean) => {
    const room = box.current?.getBoundingClientRect();
    if (!room || !element.isConnected) return;
    const at = element.getBoundingClientRect();
    const anchor = { x: at.x - room.x, y: at.y - room.y, width: at.width, height: at.height };
    setCard({ sensor: element.dataset.card!, ...placeCard(anchor, room), pinned: pins });
  };
  const close = useCallback(() => {
    clearTimeout(timer.current);
    setCard(null);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  const isOpen = card !== null;
  useEffect(() => {
    if (!isOpen) return;
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || isInOtherLayer(event.target, box.current)) return;
      event.stopPropagation();
      close();
    };
    window.addEventListener("keydown", key, true);
    return () => window.removeEventListener("keydown", key, true);
  }, [isOpen, close, box]);
  const found = (target: EventTarget) => (target as Element).closest<HTMLElement>("[data-card]");
  const isOnCard = (target: EventTarget) => (target as Element).closest("[data-is-card]") !== null;
  // What the card opens bubbles here through its portal, although it is not on the drawing.
  const isOutside = ({ target }: { target: EventTarget }) => !box.current?.contains(target as Node);
  const handlers = {
    onPointerOver: (event: React.PointerEvent) => {
      if (isOutside(event)) return;
      if (event.pointerType === "touch" || event.buttons !== 0) return;
      const element = found(event.target);
      if (element) later(OPEN_MS, () => open(element, false));
      else if (isOnCard(event.target)) clearTimeout(timer.current);
      else later(CLOSE_MS, close);
    },
    onPointerLeave: (event: React.PointerEvent) => {
      if (!isOutside(event)) later(CLOSE_MS, close);
    },
    onClick: (event: React.MouseEvent) => {
      if (isOutside(event)) return;
      const element = found(event.target);
      clearTimeout(timer.current);
      if (element?.hasAttribute("data-pins")) open(element, true);
      else if (!isOnCard(event.target)) close();
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      const element = event.target as HTMLElement;
      if (isOutside(event) || event.key !== "Enter" || event.defaultPrevented || !element.hasAttribute("data-card"))
        return;
      event.preventDefault();
      element.click();
    },
  };
  return { card, close, handlers };
}
