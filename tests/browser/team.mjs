// Two people with passwords: one writes, the other lets it go or sends it back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { arrived, ask, hold, installed, isTooWide, openMail, origin, picture, row, script, stored, there, tickAll, told } from "./desk.mjs";
import { slip } from "./mails.mjs";

const axe = await readFile(installed.resolve("axe-core/axe.min.js"), "utf8");

/// Serious and critical violations of a page.
async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false }));
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, help }) => `${id}: ${help}`);
}

await script(async (browser, step) => {
  const mail = slip();
  await hold(mail);
  for (const name of ["ogawa", "tanaka"]) await ask("user", { name, password: `the password of ${name}` });
  const logIn = async (name, options = {}) => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(`${origin}/mail/${(await stored("held"))[0].id}`);
    await there(page.getByRole("heading", { name: "Log in" }));
    assert.ok(!(await page.content()).includes(mail.subject), "nothing of a mail is seen");
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill("something else");
    await page.keyboard.press("Enter");
    await there(page.getByRole("alert").getByText("not the name or not the password"));
    await picture(page, `login-${name}`);
    assert.deepEqual(await violations(page), []);
    assert.ok(!await isTooWide(page));
    assert.equal(await page.getByLabel("Name").inputValue(), name, "what was typed is kept, the password is not");
    assert.equal(await page.getByLabel("Password").inputValue(), "");
    await page.getByLabel("Password").fill(`the password of ${name}`);
    await page.keyboard.press("Enter");
    // Where one wanted to go: the link of a notice leads to the mail.
    await there(page.locator(".mail h1", { hasText: mail.subject }));
    return page;
  };

  step("who wrote it sees whom to ask");
  const ogawa = await logIn("ogawa", { viewport: { width: 360, height: 640 } });
  await ogawa.getByText("This mail waits for a second person: tanaka").waitFor();
  assert.equal(await ogawa.getByRole("button", { name: "Send", exact: true }).count(), 0);
  await ogawa.getByRole("link", { name: "Change recipients" }).waitFor();
  await picture(ogawa, "team-sender");
  assert.deepEqual(await violations(ogawa), []);

  step("somebody else sends it back");
  const tanaka = await logIn("tanaka");
  await tanaka.getByText("you can let it go or send it back").waitFor();
  assert.equal(await tanaka.getByRole("link", { name: "Change recipients" }).count(), 0);
  assert.deepEqual(await violations(tanaka), []);
  await tanaka.getByText("Send back …").click();
  await tanaka.getByRole("textbox", { name: "Why" }).fill("Who is Mark?");
  await picture(tanaka, "team-approver");
  await tanaka.getByRole("button", { name: "Send it back to its sender" }).click();
  await told(tanaka, "The mail was sent back to its sender.");
  assert.equal(await row(tanaka, mail.subject).count(), 0);

  step("who wrote it reads why, without loading the page, and asks once more");
  await ogawa.locator(".changed:not([hidden]) a").click();
  await ogawa.getByText("Who is Mark? (tanaka)").waitFor();
  await ogawa.getByText("Ask once more …").click();
  await ogawa.getByRole("textbox", { name: "Note" }).fill("He signs so");
  await ogawa.getByRole("button", { name: "Ask once more" }).click();
  await told(ogawa, "Asked once more.");

  step("it appears at the other's list by itself, and goes");
  await row(tanaka, mail.subject).waitFor();
  await openMail(tanaka, mail.subject);
  await tickAll(tanaka);
  await tanaka.getByRole("button", { name: "Approve and send" }).click();
  await told(tanaka, "The mail goes out.");
  const [sent] = await arrived(1);
  assert.equal(sent.raw, mail.raw.toString("latin1"));

  step("logged out is out, also by the back button");
  await tanaka.getByRole("button", { name: "Log out" }).click();
  await there(tanaka.getByRole("heading", { name: "Log in" }));
  await tanaka.goBack();
  assert.ok(!(await tanaka.content()).includes(mail.subject));
});
