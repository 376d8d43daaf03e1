/** An HTTP date names its weekday first; without that, Date.parse would take almost anything for a date. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, /;

/**
 * Reads the header Retry-After in both of its forms.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds to wait, at most `maxMs`; 0 without the header and for what is not understood
 */
export function retryAfterMs(header: string | undefined, now: number, maxMs: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, maxMs);
  const date = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.min(Math.max(date - now, 0), maxMs);
}
