// A Japanese visitor reads Japanese: labels, mail, search, notices; and may choose English.
import assert from "node:assert/strict";
import { enter, hold, openMail, origin, picture, row, script, tickAll, told } from "./desk.mjs";
import { japanese, slip } from "./mails.mjs";

/// Latin words that are no Japanese but names, formats and the mail's own.
const LATIN = /\b(?:atena|English|HTML|To|Cc|Bcc|eml|SMTP|Alder Biosciences Ltd|Subject|Ctrl)\b|[\w.-]+@[\w.-]+|[\w-]+\.example|[\d:.\-+, ]+/g;

await script(async (browser, step) => {
  const mail = japanese();
  await hold(slip());
  const page = await enter(browser, { locale: "ja-JP" });

  step("the list");
  await hold(mail);
  await row(page, mail.subject).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ja");
  for (const label of ["確認待ち", "送信待ち", "処理済み"]) await page.getByRole("link", { name: label }).first().waitFor();
  await picture(page, "list-ja");

  step("search, also for a part of a word");
  for (const words of ["見積書", "春の 見積", "k-sato"]) {
    await page.locator("#q").fill(words);
    await page.getByRole("button", { name: "検索" }).click();
    await row(page, "Quotation").waitFor({ state: "detached" });
    assert.equal(await row(page, mail.subject).count(), 1, words);
  }
  await page.locator("#q").fill("請求書");
  await page.getByRole("button", { name: "検索" }).click();
  await page.getByText("該当するメールはありません").waitFor();
  await page.goto(origin);

  step("the mail and what was found in it");
  await openMail(page, mail.subject);
  for (const words of ["株式会社青葉精機", "佐藤 健一", "宛名は「加藤様」ですが", "お見積書を添付いたします", "いつもお世話になっております", "社外"]) {
    assert.ok((await page.locator("main").innerText()).includes(words), words);
  }
  assert.equal(await page.locator("mark", { hasText: "加藤" }).count(), 1, "the word is marked");
  await picture(page, "mail-ja");
  const labels = await page.evaluate(() => {
    const copy = document.querySelector("main").cloneNode(true);
    copy.querySelectorAll(".text, .rule, .meta, h1").forEach((part) => part.remove());
    return [copy.textContent, ...[...document.querySelectorAll("[aria-label], [placeholder], [title]")].flatMap((one) =>
      [one.ariaLabel, one.placeholder, one.title])].join(" ");
  });
  assert.deepEqual(labels.replace(LATIN, " ").match(/[A-Za-z]{2,}/g) ?? [], [], "no English is left");

  step("tick, send, undo");
  await tickAll(page);
  await page.getByRole("button", { name: "送信する" }).click();
  await told(page, "メールを送信します。");
  await page.getByRole("button", { name: "取り消す" }).click();
  await told(page, "保留に戻しました");

  step("English is chosen, and stays on the same page");
  const { pathname } = new URL(page.url());
  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("heading", { name: "Why it waits" }).waitFor();
  assert.equal(new URL(page.url()).pathname, pathname);
  await page.goto(origin);
  await page.getByRole("link", { name: /Waiting for a decision/ }).waitFor();
});
