"""The other languages: whole messages by topic, and the sentences that carry personal data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """The fragments of one language."""

    code: str
    cores: dict[str, list[str]]
    contacts: dict[str, list[str]]
    greetings: list[str]
    closings: list[str]


GERMAN = Language(
    "de",
    {
        "billing": [
            "Mir wurden für die Bestellung {order} zweimal {amount} abgebucht.",
            "Auf der Rechnung fehlt unsere Umsatzsteuernummer. Bitte schicken Sie mir eine neue.",
            "Ich warte seit {days} Tagen auf die Erstattung für den zurückgesandten Artikel.",
            "Warum kostet das Abo auf einmal {amount} im Monat? Davon stand nirgends etwas.",
        ],
        "delivery": [
            "Wo bleibt mein Paket? Laut Sendungsverfolgung liegt es seit dem {date} im Depot.",
            "Das Gerät kam mit gesprungenem Glas an, der Karton war völlig eingedrückt.",
            "Statt der schwarzen Lampe habe ich eine weiße bekommen.",
            "Der Bote hat nicht geklingelt, obwohl ich den ganzen Tag zu Hause war.",
        ],
        "technical": [
            "Nach dem Update auf {version} findet die App meinen Thermostat nicht mehr.",
            "Das Gerät lässt sich nicht mehr einschalten, die Leuchte blinkt nur rot.",
            "Die Kaffeemühle macht ein schleifendes Geräusch und riecht verbrannt. Was soll ich tun?",
        ],
        "account": [
            "Ich kann mich nicht mehr anmelden, und die Mail zum Zurücksetzen des Passworts kommt nicht an.",
            "Bitte löschen Sie mein Kundenkonto und alle gespeicherten Daten.",
            "Mein Nachname hat sich geändert. Wo kann ich das im Profil anpassen?",
        ],
        "cancellation": [
            "Hiermit kündige ich mein Abo zum nächstmöglichen Zeitpunkt.",
            "Ich widerrufe meinen Kauf vom {date}. Bitte bestätigen Sie das schriftlich.",
            "Bitte stornieren Sie die Bestellung {order}, ich habe mich in der Größe vertan.",
        ],
        "feedback": [
            "Ein großes Lob an Ihre Werkstatt: Das Radio spielt wieder wie am ersten Tag!",
            "Schade, dass die neue App so unübersichtlich ist. Die alte war besser.",
            "Super Lautsprecher, aber die Anleitung versteht kein Mensch.",
        ],
        "other": [
            "Haben Sie auch ein Geschäft in der Nähe von {city}?",
            "Suchen Sie zurzeit Praktikanten?",
            "Wann ist die Lampe wieder lieferbar?",
        ],
    },
    {
        "email": ["Sie erreichen mich unter {email}.", "Meine E-Mail-Adresse lautet {email}."],
        "phone": ["Rufen Sie mich bitte an: {phone_de}", "Tel.: {phone_de} (abends)"],
        "card": ["Bezahlt habe ich mit der Karte {card}."],
        "address": ["Meine Anschrift: {address_de}.", "Bitte liefern Sie an {address_de}."],
    },
    ["Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Moin,"],
    [
        "Mit freundlichen Grüßen\n{name_de}",
        "Viele Grüße\n{name_de}",
        "Danke und Gruß, {name_de}",
        "",
    ],
)

SPANISH = Language(
    "es",
    {
        "billing": [
            "Me han cobrado dos veces el pedido {order}. Quiero que me devuelvan {amount}.",
            "Necesito la factura de mi compra del {date} con el NIF de la empresa.",
            "El código de descuento no se aplicó y pagué el precio completo.",
        ],
        "delivery": [
            "¿Dónde está mi paquete? Hace {days} días que debería haber llegado.",
            "La caja llegó rota y falta el cable de la lámpara.",
            "El seguimiento dice que fue entregado, pero yo no he recibido nada.",
        ],
        "technical": [
            "El altavoz no se conecta al móvil desde la última actualización.",
            "La aplicación se cierra sola cada vez que abro los ajustes.",
            "La cafetera pierde agua por abajo. ¿Tiene arreglo?",
        ],
        "account": [
            "No puedo entrar en mi cuenta, dice que la contraseña es incorrecta.",
            "¿Cómo cambio el correo de mi cuenta? El anterior ya no existe.",
        ],
        "cancellation": [
            "Quiero cancelar mi suscripción antes de que se renueve.",
            "Por favor, anulen el pedido {order}. Ya no lo necesito.",
        ],
        "feedback": [
            "¡Muchas gracias! La chica que me atendió ayer fue un encanto.",
            "Estaría bien que la aplicación tuviera modo oscuro.",
        ],
        "other": [
            "¿Tienen tienda en {city}?",
            "¿Funciona la lámpara con 110 voltios?",
        ],
    },
    {
        "email": ["Mi correo es {email}.", "Pueden escribirme a {email}."],
        "phone": ["Mi teléfono es el {phone_plus}.", "Llámenme al {phone_plus}, por favor."],
        "card": ["Pagué con la tarjeta {card}."],
        "address": ["Vivo en {address_es}.", "Mi dirección: {address_es}."],
    },
    ["Hola,", "Buenos días:", "Buenas tardes,", ""],
    ["Un saludo,\n{name_es}", "Gracias.\n{name_es}", "Atentamente, {name_es}", ""],
)

FRENCH = Language(
    "fr",
    {
        "billing": [
            "J'ai été débité deux fois de {amount} pour la commande {order}.",
            "Je n'ai toujours pas reçu le remboursement de mon retour du {date}.",
            "Pourriez-vous m'envoyer une facture au nom de ma société ?",
        ],
        "delivery": [
            "Mon colis n'est toujours pas arrivé, cela fait {days} jours.",
            "Le livreur a laissé le carton devant la porte, sous la pluie. Tout est trempé.",
            "J'ai reçu le mauvais modèle : j'avais commandé la lampe noire.",
        ],
        "technical": [
            "L'enceinte ne s'allume plus depuis ce matin, même branchée.",
            "Depuis la mise à jour {version}, l'application plante au démarrage.",
            "Le thermostat affiche l'erreur E{n}. Que faut-il faire ?",
        ],
        "account": [
            "Impossible de me connecter : le lien pour changer de mot de passe a expiré.",
            "Je souhaite supprimer mon compte et toutes mes données.",
        ],
        "cancellation": [
            "Je voudrais résilier mon abonnement à la fin du mois.",
            "Merci d'annuler ma commande {order}, je me suis trompé de taille.",
        ],
        "feedback": [
            "Bravo pour le moulin à café, il est parfait !",
            "Quarante minutes d'attente au téléphone, ce n'est pas sérieux.",
        ],
        "other": [
            "Avez-vous un magasin à {city} ?",
            "Reprenez-vous les anciens appareils ?",
        ],
    },
    {
        "email": ["Vous pouvez m'écrire à {email}.", "Mon adresse mail : {email}"],
        "phone": ["Mon numéro : {phone_fr}.", "Appelez-moi au {phone_fr} après 18 h."],
        "card": ["J'ai payé avec la carte {card}."],
        "address": ["J'habite au {address_fr}.", "Adresse de livraison : {address_fr}."],
    },
    ["Bonjour,", "Madame, Monsieur,", "Bonsoir,"],
    ["Cordialement,\n{name_fr}", "Merci d'avance,\n{name_fr}", "Bien à vous\n{name_fr}", ""],
)

PORTUGUESE = Language(
    "pt",
    {
        "billing": [
            "Fui cobrado duas vezes pelo pedido {order}. Peço a devolução de {amount}.",
            "O reembolso da devolução de {date} ainda não caiu na conta.",
        ],
        "delivery": [
            "A minha encomenda devia ter chegado há {days} dias. Onde está?",
            "O produto chegou partido e a caixa estava aberta.",
        ],
        "technical": [
            "A coluna desliga-se sozinha ao fim de uns minutos.",
            "O aplicativo não encontra o termostato depois da atualização.",
        ],
        "account": [
            "Não consigo entrar na minha conta. O código não chega ao telemóvel.",
            "Como altero a senha? A página dá erro.",
        ],
        "cancellation": [
            "Quero cancelar a assinatura antes da próxima cobrança.",
            "Desisto da compra {order}, por favor cancelem.",
        ],
        "feedback": [
            "Parabéns pelo atendimento, foram impecáveis!",
            "O manual está cheio de erros de tradução. Fica a sugestão de o reverem.",
        ],
        "other": ["Vocês enviam amostras para escolas?", "Há alguma loja em {city}?"],
    },
    {
        "email": ["O meu e-mail é {email}.", "Respondam para {email}, por favor."],
        "phone": ["O meu número é {phone_plus}.", "Liguem para {phone_plus}."],
        "card": ["Paguei com o cartão {card}."],
        "address": ["Moro na {address_pt}.", "A morada é {address_pt}."],
    },
    ["Olá,", "Boa tarde,", "Bom dia,"],
    ["Obrigado,\n{name_pt}", "Cumprimentos\n{name_pt}", "Abraço, {name_pt}", ""],
)

JAPANESE = Language(
    "ja",
    {
        "billing": [
            "注文番号{order}の代金が二重に請求されています。返金をお願いします。",
            "領収書を会社名で発行していただけますか。",
        ],
        "delivery": [
            "商品がまだ届きません。{days}日前に発送済みと表示されています。",
            "箱がつぶれていて、中のランプにひびが入っていました。",
        ],
        "technical": [
            "アップデート後、アプリがすぐに落ちてしまいます。",
            "電源ボタンを押しても何も反応しません。",
        ],
        "account": [
            "パスワードを忘れました。再設定のメールが届きません。",
            "引っ越したので、登録内容を変更したいのですが、どこからできますか。",
        ],
        "cancellation": [
            "定期購入を今月末で解約したいです。",
            "注文{order}をキャンセルしてください。",
        ],
        "feedback": [
            "とても使いやすいです。家族みんなで愛用しています。",
            "説明書の字が小さすぎて読めません。改善してほしいです。",
        ],
        "other": ["{city}に店舗はありますか。", "このスピーカーは海外でも使えますか。"],
    },
    {
        "email": ["連絡先は{email}です。", "メールは {email} までお願いします。"],
        "phone": ["電話番号は{phone_plus}です。"],
        "card": ["カード番号は{card}です。"],
        "address": ["住所は{address_ja}です。"],
    },
    ["お世話になっております。", "こんにちは。", ""],
    ["よろしくお願いいたします。\n{name_ja}", "{name_ja}", ""],
)

TURKISH = Language(
    "tr",
    {
        "billing": [
            "{order} numaralı sipariş için kartımdan iki kez para çekilmiş.",
            "İade ettiğim ürünün parası {days} gündür hesabıma yatmadı.",
        ],
        "delivery": [
            "Kargom {days} gündür gelmedi, takip ekranında hiçbir şey değişmiyor.",
            "Kutu ezilmiş, lambanın camı kırık geldi.",
        ],
        "technical": [
            "Güncellemeden sonra uygulama açılmıyor.",
            "Hoparlör telefona bağlanmıyor, ışığı sürekli yanıp sönüyor.",
        ],
        "account": [
            "Şifremi unuttum, sıfırlama e-postası gelmiyor.",
            "Hesabıma giriş yapamıyorum.",
        ],
        "cancellation": [
            "Aboneliğimi iptal etmek istiyorum.",
            "{order} numaralı siparişten vazgeçtim, lütfen göndermeyin.",
        ],
        "feedback": [
            "Çok memnun kaldım, elinize sağlık!",
            "Uygulamaya karanlık mod eklerseniz sevinirim.",
        ],
        "other": [
            "{city} şehrinde mağazanız var mı?",
            "Bayilik almak istiyorum, kiminle görüşebilirim?",
        ],
    },
    {
        "email": ["E-posta adresim {email}.", "Bana {email} adresinden yazabilirsiniz."],
        "phone": ["Telefonum {phone_plus}.", "Beni {phone_plus} numarasından arayın."],
        "card": ["Kart numaram {card}."],
        "address": ["Adresim: {address_tr}.", "Teslimat adresi {address_tr}."],
    },
    ["Merhaba,", "İyi günler,", "Selam,"],
    ["Teşekkürler,\n{name_tr}", "Saygılarımla\n{name_tr}", "İyi çalışmalar, {name_tr}", ""],
)

ITALIAN = Language(
    "it",
    {
        "billing": ["Mi avete addebitato {amount} due volte per l'ordine {order}."],
        "delivery": ["Il pacco risulta consegnato, ma io non ho ricevuto niente."],
        "technical": ["La lampada si spegne da sola dopo dieci minuti."],
        "account": ["Non riesco ad accedere, la password nuova non viene accettata."],
        "cancellation": ["Vorrei disdire l'abbonamento alla fine del mese."],
        "feedback": ["Complimenti, macinacaffè fantastico!"],
        "other": ["Avete un negozio a {city}?"],
    },
    {
        "email": ["La mia mail è {email}."],
        "phone": ["Chiamatemi al {phone_plus}."],
        "address": ["Abito in {address_it}."],
    },
    ["Buongiorno,", "Salve,"],
    ["Cordiali saluti\n{name_it}", "Grazie,\n{name_it}"],
)

LANGUAGES = [GERMAN, SPANISH, FRENCH, PORTUGUESE, JAPANESE, TURKISH, ITALIAN]
