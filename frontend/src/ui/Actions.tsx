import { Button } from "@mantine/core";
import ui from "./ui.module.css";
import { texts } from "./texts";

interface Props {
  does: string;
  close: () => void;
  danger?: boolean;
  disabled?: boolean;
  loading?: boolean;
}

/** The buttons of a form: submit and cancel. */
export function Actions({ does, close, danger, disabled, loading = false }: Props) {
  return (
    <div className={ui.actions}>
      <Button
        type="submit"
        disabled={disabled}
        loading={loading}
        {...(danger && { color: "danger", "data-danger": true })}
      >
        {does}
      </Button>
      <Button variant="default" onClick={close}>
        {texts.cancel}
      </Button>
    </div>
  );
}
