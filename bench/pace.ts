/**
 * Calls `send` so many times a second, for some time: on time, and never waiting for what an earlier call began. What
 * a late timer missed is made up for at once. Answers the milliseconds that it took.
 */
export function pace(
  { perSecond, milliseconds }: { readonly perSecond: number; readonly milliseconds: number },
  send: (number: number) => void,
): Promise<number> {
  const start = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const passed = performance.now() - start;
      const due = Math.floor((Math.min(passed, milliseconds) * perSecond) / 1000);
      for (; sent < due; sent += 1) send(sent);
      if (passed < milliseconds) return;
      clearInterval(timer);
      resolve(passed);
    }, 1);
  });
}
