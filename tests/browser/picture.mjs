// Makes docs/review-page.png anew: copy it from where the pictures are.
import assert from "node:assert/strict";
import { enter, hold, openMail, picture, script } from "./desk.mjs";
import { shown } from "./mails.mjs";

await script(async (browser, step) => {
  await hold(shown());
  const page = await enter(browser, { viewport: { width: 1140, height: 720 } });
  await openMail(page, shown().subject);
  await page.locator("input[name=tick]").first().check();

  step("it shows what its line says");
  for (const words of ["Goes to", "Why it waits", "still to tick: 2"]) await page.getByText(words, { exact: true }).first().waitFor();
  const taken = await picture(page, "review-page");
  if (taken) assert.ok(taken.length < 150_000, `${taken.length} octets`);
});
