import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { buttonLook } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { appStrings } from "@/strings/app";

export function NotFound() {
  return (
    <Nothing page icon={Compass} title={appStrings.notFound.title} text={appStrings.notFound.text}>
      <Link to="/" className={buttonLook()}>
        {appStrings.common.back}
      </Link>
    </Nothing>
  );
}
