// What a menu is made of; components/ui/menu.tsx fetches it when one is wanted.
import * as Radix from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** A menu that was opened from its button (`trigger`), and can be again. */
export function OpenedMenu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    // Not modal: what is around it stays reachable, for eyes and for screen readers.
    <Radix.Root modal={false} defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          // What was chosen may have put the keyboard somewhere: there it stays.
          onCloseAutoFocus={(event) => {
            const now = document.activeElement;
            if (now && now !== document.body && !now.closest("[role=menu]")) event.preventDefault();
          }}
          className="rise z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-[min(20rem,calc(100vw-1rem))] overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-pop"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type ItemProps = { onSelect: () => void; danger?: boolean; disabled?: boolean; children: ReactNode };

/** One thing to do. */
export function MenuItem({ danger, children, ...rest }: ItemProps) {
  return (
    <Radix.Item {...rest} className={cn(itemLook, danger && "text-bad")}>
      {children}
    </Radix.Item>
  );
}

export type ChoiceProps<T extends string> = {
  label: string;
  value: T;
  options: readonly { value: T; label: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
};

/** One of several. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <Radix.RadioGroup value={value} aria-label={label}>
      <Radix.Label className="px-2 py-1.5 font-medium text-2xs text-faint">{label}</Radix.Label>
      {options.map((each) => (
        <Radix.RadioItem
          key={each.value}
          value={each.value}
          className={itemLook}
          onSelect={() => onChange(each.value)}
        >
          {each.icon}
          <span className="min-w-0 flex-1 truncate">{each.label}</span>
          <Radix.ItemIndicator>
            <Check />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

const itemLook =
  "flex select-none items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-raised [&_svg]:size-4";
