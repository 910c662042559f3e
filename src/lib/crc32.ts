const POLYNOMIAL = 0xedb88320;

/** CRC-32 (that of zip and PNG) of the bytes, 0 to 2³²−1. Bit by bit: for short inputs. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
