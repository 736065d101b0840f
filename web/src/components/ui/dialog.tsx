import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { useFocusBack } from "@/lib/focus-back";
import { appStrings } from "@/strings/app";

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  text?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** For tables: as wide as the window allows. */
  wide?: boolean;
};

/** A dialog over the page: title, what it is about, fields, and what can be done. */
export function Dialog({ open, onClose, title, text, children, footer, wide = false }: Props) {
  const focus = useFocusBack({ first: "field" });
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/60" />
        <Radix.Content
          {...(text ? {} : { "aria-describedby": undefined })}
          className={cn(
            "rise -translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[90dvh] w-[calc(100vw-2rem)] flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-pop outline-none",
            wide ? "max-w-4xl" : "max-w-lg",
          )}
          {...focus}
          // A toast is not "outside": its button may be pressed while this is open.
          onInteractOutside={(event) => {
            if ((event.target as Element | null)?.closest("[data-sonner-toaster]")) event.preventDefault();
          }}
          // A key pressed in here is for here, not for the player below.
          onKeyDown={(event) => event.stopPropagation()}
        >
          <header className="flex items-start gap-4 px-5 pt-4 pb-1">
            <Radix.Title className="min-w-0 flex-1 pt-1 font-semibold text-lg [overflow-wrap:anywhere]">
              {title}
            </Radix.Title>
            <Radix.Close asChild>
              <Button kind="ghost" size="icon-sm" aria-label={appStrings.common.close}>
                <X />
              </Button>
            </Radix.Close>
          </header>
          <div className="flex flex-col gap-4 overflow-y-auto px-5 pb-5">
            {text && <Radix.Description className="text-muted">{text}</Radix.Description>}
            {children}
          </div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t bg-bg px-5 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
