const MINUTE = 60_000;
const MOST_MINUTES = 10_000;
const minutes = new Map<number, string>();

const two = (number: number): string => (number < 10 ? `0${number}` : String(number));

/** Local time as `YYYY-MM-DD HH:MM:SS`, from epoch milliseconds. */
export function localTime(time: number): string {
  const minute = Math.floor(time / MINUTE);
  let text = minutes.get(minute);
  if (text === undefined) {
    const date = new Date(minute * MINUTE);
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    text = `${day} ${two(date.getHours())}:${two(date.getMinutes())}:`;
    if (minutes.size >= MOST_MINUTES) minutes.clear();
    minutes.set(minute, text);
  }
  return text + two(Math.floor((time - minute * MINUTE) / 1000));
}

/** `D days,H hours, M minutes, S seconds`; larger units appear only when they are reached. */
export function uptimeText(total: number): string {
  const seconds = `${total % 60} seconds`;
  if (total < 60) return seconds;
  const minutesText = `${Math.floor(total / 60) % 60} minutes, ${seconds}`;
  if (total < 3600) return minutesText;
  const hours = `${Math.floor(total / 3600) % 24} hours, ${minutesText}`;
  return total < 86_400 ? hours : `${Math.floor(total / 86_400)} days,${hours}`;
}

/** Bytes as `77.45M`: two decimals and K, M or G; up to 1024 a plain integer. */
export function memoryText(bytes: number): string | number {
  if (bytes > 1024 ** 3) return `${(bytes / 1024 ** 3).toFixed(2)}G`;
  if (bytes > 1024 ** 2) return `${(bytes / 1024 ** 2).toFixed(2)}M`;
  return bytes > 1024 ? `${(bytes / 1024).toFixed(2)}K` : bytes;
}

/** `R20/20.20.2` for Node.js 20.20.2: the pattern of an Erlang release. */
export const releaseText = (version: string): string => `R${version.split('.')[0]}/${version}`;
