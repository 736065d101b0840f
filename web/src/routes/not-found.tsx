import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { buttonLook } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { t } from "@/strings/en";

export function NotFound() {
  return (
    <Nothing page icon={Compass} title={t.notFound.title} text={t.notFound.text}>
      <Link to="/" className={buttonLook()}>
        {t.common.back}
      </Link>
    </Nothing>
  );
}
