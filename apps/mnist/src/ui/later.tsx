import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A part of the page whose code is fetched when it is first shown. */
export function Later({ load }: { load(): Promise<ComponentType> }) {
  const [Part, setPart] = useState<ComponentType>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (part) => setPart(() => part),
      () => setFailed(true),
    );
  }, []);
  if (failed) return <p class="empty">This part could not be loaded. Reload the page to try again.</p>;
  return Part ? <Part /> : <p class="empty">Loading …</p>;
}
