// Tables of names written as text: what stands between white space.

export function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
