// Labels and texts by language. Those of ko and vi marked s have been seen on the real page; the rest is a
// translator's choice, since nobody outside has listed them (see the facts). Ligatures are never translated.
export const WORDS = {
  en: {},
  ko: {
    "Settings trigger": "설정 트리거", // s
    "Start generation": "생성 시작", // s
    "Select model family": "모델 제품군 선택", // s
    Agent: "에이전트", // s
    "Add media menu": "미디어 메뉴 추가", // s
    "Add media": "미디어 추가", // s
    Upload: "업로드", // s
    "Upload media": "미디어 업로드", // s
    "Add to prompt": "프롬프트에 추가", // s
    "Reuse prompt": "프롬프트 재사용", // s
    "More options": "옵션 더보기", // s
    Favorite: "즐겨찾기", // s
    Ingredients: "소재", // s
    Video: "동영상", // s
    "What do you want to create?": "무엇을 만들고 싶으신가요?", // s
    Agree: "동의함", // s
    "No thanks": "나중에", // s
    "{}s": "{}초", // s
    Frames: "프레임", Image: "이미지", Start: "시작", End: "끝", Home: "홈", Search: "검색", "New project": "새 프로젝트",
    Mode: "모드", "Video type": "동영상 유형", "Aspect ratio": "가로세로 비율", "Video resolution": "동영상 해상도",
    "Video duration": "동영상 길이", "Output count": "출력 수", "Clear prompt": "프롬프트 지우기", Download: "다운로드",
    "Search assets": "애셋 검색", Failed: "실패", Queued: "대기 중", Retry: "다시 시도", Delete: "삭제",
    "Get started": "시작하기", "Got it": "확인", "OK, got it": "확인", Uploads: "업로드",
    "Account details": "계정 세부정보", "Insufficient credits warning": "크레딧 부족 경고",
    "Create with Google Flow": "Google Flow로 만들기", "You have not been charged for this generation.": "이 생성에 대해 요금이 청구되지 않았습니다.",
  },
  vi: {
    "Settings trigger": "Điều kiện kích hoạt cài đặt", // s
    "Start generation": "Bắt đầu tạo", // s
    "Select model family": "Chọn nhóm mô hình", // s
    Agent: "Tác nhân", // s
    Frames: "Khung hình", // s
    Ingredients: "Thành phần", // s
    Start: "Bắt đầu", // s
    End: "Kết thúc", // s
    "{}s": "{} giây", // s
    "Add media menu": "Trình đơn thêm nội dung", "Add media": "Thêm nội dung", Upload: "Tải lên",
    "Upload media": "Tải nội dung lên", "Add to prompt": "Thêm vào câu lệnh", "Reuse prompt": "Dùng lại câu lệnh",
    "More options": "Tuỳ chọn khác", Favorite: "Yêu thích", Video: "Video", Image: "Hình ảnh", Home: "Trang chủ",
    "What do you want to create?": "Bạn muốn tạo gì?", Agree: "Đồng ý", "No thanks": "Không, cảm ơn",
    "New project": "Dự án mới", "Clear prompt": "Xoá câu lệnh", Download: "Tải xuống", Failed: "Không thành công",
    "Search assets": "Tìm thành phần", Queued: "Đang chờ", Retry: "Thử lại", Delete: "Xoá",
    "Create with Google Flow": "Tạo bằng Google Flow",
  },
  id: {
    "{}s": "{} dtk", // s
    "Settings trigger": "Pemicu setelan", "Start generation": "Mulai pembuatan", "Add media menu": "Menu tambahkan media",
    "Select model family": "Pilih kelompok model", Agent: "Agen", "Add media": "Tambahkan media", Upload: "Upload",
    "Add to prompt": "Tambahkan ke perintah", "Reuse prompt": "Gunakan lagi perintah", "More options": "Opsi lainnya",
    Frames: "Frame", Ingredients: "Bahan", Start: "Awal", End: "Akhir", Image: "Gambar", Home: "Beranda",
    "What do you want to create?": "Apa yang ingin Anda buat?", Agree: "Setuju", "No thanks": "Tidak",
    "New project": "Proyek baru", Download: "Download", Failed: "Gagal", Queued: "Dalam antrean",
    "Search assets": "Telusuri aset", "Clear prompt": "Hapus perintah",
  },
  ja: {
    "{}s": "{} 秒", "Settings trigger": "設定トリガー", "Start generation": "生成を開始", "Add media menu": "メディアの追加メニュー",
    "Select model family": "モデル ファミリーを選択", Agent: "エージェント", "Add media": "メディアを追加", Upload: "アップロード",
    "Upload media": "メディアをアップロード", "Add to prompt": "プロンプトに追加", "Reuse prompt": "プロンプトを再利用",
    "More options": "その他のオプション", Frames: "フレーム", Ingredients: "素材", Start: "開始", End: "終了", Video: "動画",
    Image: "画像", Home: "ホーム", "What do you want to create?": "何を作成しますか？", Agree: "同意する",
    "No thanks": "後で", "New project": "新しいプロジェクト", Download: "ダウンロード", Failed: "失敗", Queued: "待機中",
    "Search assets": "アセットを検索", "Clear prompt": "プロンプトを消去",
  },
  es: {
    "{}s": "{} s", "Settings trigger": "Activador de ajustes", "Start generation": "Empezar a generar",
    "Add media menu": "Menú para añadir contenido", "Select model family": "Seleccionar familia de modelos", Agent: "Agente",
    "Add media": "Añadir contenido", Upload: "Subir", "Upload media": "Subir contenido", "Add to prompt": "Añadir a la petición",
    "Reuse prompt": "Reutilizar petición", "More options": "Más opciones", Frames: "Fotogramas", Ingredients: "Ingredientes",
    Start: "Inicio", End: "Fin", Video: "Vídeo", Image: "Imagen", Home: "Inicio", "What do you want to create?": "¿Qué quieres crear?",
    "Get started": "Empezar", Welcome: "Te damos la bienvenida", "Make videos from words and pictures.": "Crea vídeos.",
    "What's new": "Novedades", "New models, and a calmer grid.": "Modelos nuevos.", "Got it": "Listo", Close: "Cerrar",
    Agree: "Aceptar", "No thanks": "No, gracias", "New project": "Proyecto nuevo", Download: "Descargar", Failed: "Error",
    Queued: "En cola", "Search assets": "Buscar recursos", "Clear prompt": "Borrar petición",
  },
};
