// axe-core looks at every kind of page, in both languages, light and dark.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { enter, hold, installed, openMail, origin, picture, script, told } from "./desk.mjs";
import { japanese, shared, slip } from "./mails.mjs";

const source = await readFile(installed.resolve("axe-core/axe.min.js"), "utf8");

/// Serious and critical violations, each with its first elements.
async function violations(page) {
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false }));
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`);
}

await script(async (browser, step) => {
  for (const mail of [slip(), japanese(), shared()]) await hold(mail);
  const complaints = [];
  for (const lang of ["en", "ja"]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await enter(browser, { colorScheme });
      const look = async (name, kind = name) => {
        step(`${name}, ${lang}, ${colorScheme}`);
        await picture(page, `${kind}-${lang}-${colorScheme}`);
        complaints.push(...(await violations(page)).map((text) => `${name}, ${lang}, ${colorScheme}: ${text}`));
      };
      await page.goto(`${origin}/language?lang=${lang}`);
      await page.locator("[data-row]").first().waitFor();
      await look("list");
      await page.goto(`${origin}/?q=nowhere`);
      await look("nothing found", "nothing");
      await page.goto(origin);
      await openMail(page, shared().subject);
      await look("mail");
      await page.locator("input[name=without]").first().check();
      await page.locator("input[name=tick]:enabled").first().check();
      await look("mail, half ticked", "mail-ticked");
      await page.goto(origin);
      for (const box of await page.locator("input[name=id]").all()) await box.check();
      await page.locator("button[name=action][value=send]").click();
      await page.locator("form[action='/bulk/do']").waitFor();
      await look("several", "several");
      await page.goto(`${origin}/?done=send&n=2`);
      await told(page, "2");
      await look("list with a notice", "list-notice");
      await page.goto(`${origin}/mail/none`);
      await look("nothing here", "notice");
      await page.context().clearCookies();
      await page.goto(origin);
      await look("stranger");
      await page.context().close();
    }
  }
  assert.deepEqual(complaints, []);
});
