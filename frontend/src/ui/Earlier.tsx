import { Button } from "@mantine/core";
import { texts } from "./texts";

type Listed = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** Below a list that is read page by page, newest first: the next page, if there is one. */
export function Earlier({ list }: { list: Listed }) {
  if (!list.hasNextPage) return null;
  return (
    <div>
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {texts.showEarlier}
      </Button>
    </div>
  );
}
