import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const look = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      kind: {
        primary: "bg-accent text-on-accent hover:bg-accent-hover",
        plain: "border border-line bg-surface text-text hover:border-line-strong hover:bg-raised",
        ghost: "text-muted hover:bg-raised hover:text-text",
        danger: "bg-bad-solid text-white hover:opacity-90",
        glass: "bg-black/60 text-white backdrop-blur-sm hover:bg-black/80",
      },
      size: {
        sm: "h-7 px-2 text-xs pointer-coarse:min-h-11",
        md: "h-8 px-3 text-sm pointer-coarse:min-h-11",
        lg: "h-10 px-4 text-base pointer-coarse:min-h-11",
        icon: "size-8 pointer-coarse:min-h-11 pointer-coarse:min-w-11",
        "icon-sm": "size-7 pointer-coarse:min-h-11 pointer-coarse:min-w-11",
      },
    },
    defaultVariants: { kind: "plain", size: "md" },
  },
);

type Props = ComponentProps<"button"> & VariantProps<typeof look>;

/** A button. One that shows only an icon needs an `aria-label`. */
export function Button({ kind, size, className, type = "button", ...rest }: Props) {
  return <button type={type} className={cn(look({ kind, size }), className)} {...rest} />;
}

/** The look of a button, for links. */
export const buttonLook = look;
