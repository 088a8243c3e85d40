import { useMutation } from "@tanstack/react-query";
import { useNavigateWith } from "../../moment";
import { useTenant } from "../../tenant";
import { startDraft } from "./api";
import { NameDialog } from "./dialogs/NameDialog";
import { texts as all } from "./texts";

const texts = all.newSchematic;

/** Starts the draft of a schematic that does not exist yet, and opens the editor. */
export default function NewSchematic({ site, close }: { site: string; close: () => void }) {
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const start = useMutation({
    mutationFn: (name: string) => startDraft(site, name),
    onSuccess: ({ schematic }) => navigate(`/t/${tenant!.slug}/plant/${schematic}/edit`),
  });
  return (
    <NameDialog
      title={texts.title}
      label={texts.name}
      does={texts.create}
      example={texts.example}
      error={start.error}
      loading={start.isPending}
      close={close}
      done={(name) => start.mutate(name)}
    />
  );
}
