// Seals or opens one file with age-encryption, the TypeScript implementation by age's author.
//
//   node age.mjs open IDENTITY SOURCE TARGET
//   node age.mjs seal RECIPIENT SOURCE TARGET
//   node age.mjs new                            prints an identity and its recipient

import { readFileSync, writeFileSync } from "node:fs";
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

const [verb, key, source, target] = process.argv.slice(2);

if (verb === "open") {
  const decrypter = new Decrypter();
  decrypter.addIdentity(key);
  writeFileSync(target, await decrypter.decrypt(readFileSync(source)));
} else if (verb === "seal") {
  const encrypter = new Encrypter();
  encrypter.addRecipient(key);
  writeFileSync(target, await encrypter.encrypt(readFileSync(source)));
} else if (verb === "new") {
  const identity = await generateHybridIdentity();
  console.log(identity);
  console.log(await identityToRecipient(identity));
} else {
  console.error(`unknown verb ${verb}`);
  process.exit(2);
}
