import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTenant } from "../tenant";
import { ErrorMessage } from "../ui/states";
import ui from "../ui/ui.module.css";
import { previewUndo, readRanges } from "./api";
import { useCorrection } from "./useCorrection";
import { resultText } from "./wording";
import { texts } from "./texts";

interface Props {
  target: string;
  of: "import" | "correction";
}

/** Undoes an import or a correction, with a preview first. Shows nothing if nothing can be undone. */
export function Undo({ target, of }: Props) {
  const tenant = useTenant()!;
  const ranges = useQuery({
    queryKey: [tenant.slug, "imports", target, "ranges"],
    enabled: of === "import",
    queryFn: ({ signal }) => readRanges(target, signal),
  });
  const undo = useCorrection(() => previewUndo(target, of));
  if (of === "import" && !ranges.data?.undoable) return null;
  const result = undo.previewed ?? undo.done;
  return (
    <>
      {!undo.found && (
        <Button variant="default" loading={undo.working} onClick={() => undo.preview(undefined)}>
          {texts.undoButton}
        </Button>
      )}
      {undo.found && undo.working && (
        <span className={ui.quiet} role="status">
          {undo.found.dry_run ? texts.comparing : texts.undoing}
        </span>
      )}
      {undo.found?.error && <ErrorMessage>{undo.found.error}</ErrorMessage>}
      {result && <span role="status">{resultText(result, "undo", undo.previewed !== null)}</span>}
      {undo.previewed && (
        <>
          <Button color="danger" data-danger onClick={undo.start}>
            {texts.undoOf(of)}
          </Button>
          <Button variant="default" onClick={undo.reset}>
            {texts.cancel}
          </Button>
        </>
      )}
      {undo.error && <ErrorMessage error={undo.error} />}
    </>
  );
}
