import { isMissing } from "../api/problem";
import { Inspector } from "../frame";
import { Failed, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";

interface Props {
  title: string;
  close: () => void;
  error: unknown;
  retry: () => unknown;
  /** Said where the server does not know it. */
  gone: string;
}

/** The details of what has not been read, or cannot be. */
export function PendingDetails({ title, close, error, retry, gone }: Props) {
  return (
    <Inspector title={title} onClose={close}>
      {!error ? (
        <Loading />
      ) : isMissing(error) ? (
        <p className={ui.quiet}>{gone}</p>
      ) : (
        <Failed error={error} retry={() => void retry()} />
      )}
    </Inspector>
  );
}
