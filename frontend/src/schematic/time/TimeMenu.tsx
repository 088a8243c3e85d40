import { Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { flushMoment, useMomentOf } from "../../moment";
import { loopFrom, loopUntil } from "../core/loop";
import type { TimeWindow } from "../core/window";
import { texts as all } from "../texts";

const texts = all.time;

interface Props {
  window: TimeWindow;
  loop: TimeWindow | null;
  setLoop: (loop: TimeWindow | null) => void;
  loopAt: (make: typeof loopFrom) => void;
  say: (text: string) => void;
  children?: ReactNode;
}

/** What is needed less often than playing: loops, a link to the moment. */
export function TimeMenu({ window, loop, setLoop, loopAt, say, children }: Props) {
  const live = useMomentOf((at) => at === null);
  const copy = async () => {
    flushMoment();
    try {
      await navigator.clipboard.writeText(location.href);
      say(texts.copied);
    } catch {
      say(texts.copyFailed(location.href));
    }
  };
  return (
    <Menu position="top-start" withinPortal>
      <Menu.Target>
        <Button variant="default" aria-label={texts.more} title={texts.more}>
          ⋯
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {children}
        <Menu.Item onClick={() => void copy()}>{live ? texts.copyLive : texts.copyMoment}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => setLoop({ start: window.start, end: Math.min(window.end, Date.now()) })}>
          {texts.loopWindow}
        </Menu.Item>
        <Menu.Item disabled={live} onClick={() => loopAt(loopFrom)} rightSection={<kbd>I</kbd>}>
          {texts.loopFrom}
        </Menu.Item>
        <Menu.Item disabled={live} onClick={() => loopAt(loopUntil)} rightSection={<kbd>O</kbd>}>
          {texts.loopUntil}
        </Menu.Item>
        <Menu.Item disabled={!loop} onClick={() => setLoop(null)} rightSection={<kbd>U</kbd>}>
          {texts.loopOff}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
