/** Text from a file, for a sentence: garbage is shown, but not all of it, and without its line breaks. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
