import { Button, Modal } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { bytes, tenantOfPath } from "../../api/client";
import { caseTexts, fileAddress, pictureType, removeFile, useRefreshCases } from "../../cases";
import type { CaseFile } from "../../cases";
import { formatBytes } from "../../format";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "./details.module.css";

/** The address of a file's content as a picture; the server serves files only to be saved. */
function usePicture(id: string, file: CaseFile, wanted: boolean): string | undefined {
  const { data } = useQuery({
    queryKey: [tenantOfPath(), "case photo", id, file.id],
    queryFn: ({ signal }) => bytes(`/api/v1/cases/${id}/files/${file.id}`, undefined, signal),
    enabled: wanted,
    staleTime: Infinity,
    retry: false,
  });
  const [address, setAddress] = useState<string>();
  const type = pictureType(file.name);
  useEffect(() => {
    if (!data || !type) return;
    const made = URL.createObjectURL(new Blob([data], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [data, type]);
  return address;
}

/** A photo in small, read when it comes into view; a click shows it in full. */
export function Photo({ id, file, mayRemove }: { id: string; file: CaseFile; mayRemove: boolean }) {
  const { ref, inViewport } = useInViewport<HTMLButtonElement>();
  const [seen, setSeen] = useState(false);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (inViewport) setSeen(true);
  }, [inViewport]);
  const onSettled = useRefreshCases();
  const remove = useMutation({ mutationFn: () => removeFile(id, file.id), onSettled });
  const address = usePicture(id, file, seen);
  const name = caseTexts.photoOf(file.name, file.author);
  return (
    <>
      <button ref={ref} type="button" className={styles.photo} onClick={() => setOpen(true)} title={file.name}>
        {address ? <img src={address} alt={name} /> : <span>{file.name}</span>}
      </button>
      <Modal opened={open} onClose={() => setOpen(false)} title={file.name} size="auto">
        {address && <img className={styles.full} src={address} alt={name} />}
        <p>
          <a href={fileAddress(id, file.id)} download={file.name}>
            {caseTexts.download}
          </a>{" "}
          ({formatBytes(file.bytes)})
        </p>
        <ErrorMessage error={remove.error} />
        {mayRemove && (
          <div className={ui.actions}>
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {caseTexts.removeFile}
            </Button>
          </div>
        )}
      </Modal>
    </>
  );
}
