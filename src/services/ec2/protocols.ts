/** IP protocols that EC2 takes by name; everything else goes by its IANA number. */
const numbers: Readonly<Record<string, string>> = { all: '-1', icmp: '1', tcp: '6', udp: '17', icmpv6: '58' }

const names: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' }

/** `tcp`, `6`, `all`, `-1` to a number's text, as network ACLs keep it; undefined when there is no such protocol. */
export function protocolNumber(text: string): string | undefined {
  const known = numbers[text.toLowerCase()]
  if (known) return known
  return text === '-1' || (/^\d{1,3}$/.test(text) && Number(text) <= 255) ? text : undefined
}

/** As security groups keep it: the name where there is one. */
export function protocolName(text: string): string | undefined {
  const number = protocolNumber(text)
  return number === undefined ? undefined : (names[number] ?? number)
}
