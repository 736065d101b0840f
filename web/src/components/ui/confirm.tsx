import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { appStrings } from "@/strings/app";

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  text: ReactNode;
  yes: string;
  no?: string;
  busy?: boolean;
  onYes: () => void;
};

/** Asks before something that cannot be undone. */
export function Confirm({
  open,
  onClose,
  title,
  text,
  yes,
  no = appStrings.common.cancel,
  busy,
  onYes,
}: Props) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      text={text}
      footer={
        <>
          <Button onClick={onClose}>{no}</Button>
          <Button kind="danger" disabled={busy} onClick={onYes}>
            {yes}
          </Button>
        </>
      }
    />
  );
}
